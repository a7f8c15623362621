import { identityOf, partitionKeyOf } from '../../src/analytics/event-key.ts';

describe('partitionKeyOf', () => {
  it('is the same for one subject of one source', () => {
    const event = { source: '/shop', subject: 'order/1' };
    expect(partitionKeyOf({ ...event })).toBe(partitionKeyOf(event));
    expect(partitionKeyOf(event)).toMatch(/^[0-9a-f]{32}$/);
  });

  it.each([
    ['subjects', { source: '/shop', subject: 'a' }, { source: '/shop', subject: 'b' }],
    ['sources', { source: '/shop', subject: 'a' }, { source: '/store', subject: 'a' }],
    ['borders', { source: '/shop', subject: 'pa' }, { source: '/shopp', subject: 'a' }],
  ])('tells %s apart', (_, one, other) => {
    expect(partitionKeyOf(one)).not.toBe(partitionKeyOf(other));
  });

  it('does without a subject', () => {
    const keys = [{}, { subject: null }, { subject: undefined }].map((parts) =>
      partitionKeyOf({ source: '/shop', ...parts }),
    );
    expect(new Set(keys).size).toBe(1);
  });
});

describe('identityOf', () => {
  it('has 12 bytes', () => {
    expect(Buffer.from(identityOf({ source: '/shop', id: 'ü' }), 'latin1')).toHaveLength(12);
  });

  it('tells apart what runs together', () => {
    expect(identityOf({ source: '/a', id: 'bc' })).not.toBe(identityOf({ source: '/ab', id: 'c' }));
  });
});
