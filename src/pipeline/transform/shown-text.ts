const SHOWN_CHARACTERS = 80;

/** A value in quotes for a reason, cut where it is long: reasons are read by people. */
export function shown(text: string): string {
  const cut = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
  return JSON.stringify(cut);
}

/** The value that a JSON text stands for, in quotes. */
export function shownJson(json: string): string {
  return shown(json.startsWith('"') ? (JSON.parse(json) as string) : json);
}
