import type { DigestRow, Page } from './api';

/** Rows of the page behind the last one. */
export function withOlder(held: Page<DigestRow>, older: Page<DigestRow>): Page<DigestRow> {
  const { next } = older;
  return { items: sorted([...held.items, ...older.items]), ...(next !== undefined && { next }) };
}

/** The first page as it is now, over what was loaded before. */
export function withNewer(held: Page<DigestRow>, first: Page<DigestRow>): Page<DigestRow> {
  const oldest = first.items.at(-1)?.last_seq;
  const touches =
    first.next === undefined || held.items.some(({ last_seq }) => oldest !== undefined && last_seq >= oldest);
  // So much is new that there is a hole between both: the list begins again.
  return touches ? { ...held, items: sorted([...first.items, ...held.items]) } : first;
}

/** Each digest once, as its newest row shows it; the newest first. */
function sorted(rows: DigestRow[]): DigestRow[] {
  const known = new Map<string, DigestRow>();
  for (const row of rows) {
    if ((known.get(row.digest)?.last_seq ?? 0) < row.last_seq) known.set(row.digest, row);
  }
  return [...known.values()].sort((a, b) => b.last_seq - a.last_seq);
}
