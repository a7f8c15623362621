import { PAGE_STYLE } from '../../../../src/report/render/html/page-style.ts';

/** The custom properties of the light scheme, then of the dark one, then of print. */
const SCHEMES = [...PAGE_STYLE.text.matchAll(/:root \{[^}]*/g)].map(
  ([block]) =>
    new Map(
      [...block.matchAll(/--(\w+): (#[0-9a-f]{6})/g)].map(([, name, value]) => [name, value]),
    ),
);

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(a: string, b: string): number {
  const [lighter = 0, darker = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (lighter + 0.05) / (darker + 0.05);
}

it('has colours for light, dark and print', () => {
  expect(SCHEMES).toHaveLength(3);
});

describe.each(
  SCHEMES.map((colours, index) => [['light', 'dark', 'print'][index], colours] as const),
)('in %s', (_, colours) => {
  it.each(['text', 'muted', 'accent', 'bad', 'warn', 'good'])('%s can be read', (name) => {
    for (const ground of ['ground', 'raised', 'track']) {
      expect(contrast(colours.get(name)!, colours.get(ground)!)).toBeGreaterThanOrEqual(4.5);
    }
  });
});
