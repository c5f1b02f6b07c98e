import { describe, expect, it } from 'vitest';
import type { DigestRow } from './api';
import { withNewer, withOlder } from './rows';

const row = (digest: string, last_seq: number): DigestRow => ({
  digest,
  name: null,
  last_seq,
  last_time: '',
  last_summary: '',
  kinds: {},
  state: 'clear',
});
const seen = (page: { items: DigestRow[] }) =>
  page.items.map(({ digest, last_seq }) => `${digest}${last_seq}`);

describe('the list of digests', () => {
  const held = { items: [row('a', 9), row('b', 8)], next: 8 };
  it('takes older pages', () => {
    const page = withOlder(held, { items: [row('c', 5)] });
    expect(seen(page)).toEqual(['a9', 'b8', 'c5']);
    expect(page.next).toBeUndefined();
  });
  it('moves a digest up that something happened to', () => {
    const page = withNewer(held, { items: [row('b', 10), row('a', 9)], next: 9 });
    expect(seen(page)).toEqual(['b10', 'a9']);
    expect(page.next).toBe(8);
  });
  it('begins again where more is new than one page holds', () => {
    const page = withNewer(held, { items: [row('d', 30), row('e', 29)], next: 29 });
    expect(seen(page)).toEqual(['d30', 'e29']);
    expect(page.next).toBe(29);
  });
});
