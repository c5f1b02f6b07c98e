// Values into texts for people.

/** The first twelve digits of a digest, as people quote them. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}

/** A name in its parts: registry and folder, repository, tag. */
export function splitName(name: string): { place: string; repository: string; tag: string } {
  const slash = name.lastIndexOf('/');
  const last = name.slice(slash + 1);
  const colon = last.indexOf(':');
  return {
    place: name.slice(0, slash + 1),
    repository: colon === -1 ? last : last.slice(0, colon),
    tag: colon === -1 ? '' : last.slice(colon + 1),
  };
}

const STEPS: [limit: number, size: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [60, 1, 'second'],
  [3600, 60, 'minute'],
  [86_400, 3600, 'hour'],
  [30 * 86_400, 86_400, 'day'],
  [365 * 86_400, 30 * 86_400, 'month'],
  [Infinity, 365 * 86_400, 'year'],
];
const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });

/** `3 min. ago`; the text itself where it is no time. */
export function ago(time: string, now: number): string {
  const then = Date.parse(time);
  if (Number.isNaN(then)) return time;
  const seconds = Math.round((then - now) / 1000);
  if (Math.abs(seconds) < 5) return 'just now';
  const step = STEPS.find(([limit]) => Math.abs(seconds) < limit);
  return step ? RELATIVE.format(Math.trunc(seconds / step[1]), step[2]) : time;
}

/** `Tuesday, 3 March 2026`, in the reader's time zone. */
export function day(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return time;
  return date.toLocaleDateString('en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  });
}

/** `14:02:31`, in the reader's time zone. */
export function clock(time: string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? time : date.toLocaleTimeString('en-GB');
}

/** `1 entry`, `1,204 entries`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
}

/** A text with its long hashes (digests, key ids) shortened to what people quote. */
export function quoted(text: string): string {
  return text.replace(/(?<![0-9a-f])([0-9a-f]{12})[0-9a-f]{52}(?![0-9a-f])/g, '$1…');
}

/** Text and `code`, as messages write it. */
export function prose(text: string): { code: boolean; text: string }[] {
  return text
    .split(/`([^`\n]+)`/)
    .map((part, at) => ({ code: at % 2 === 1, text: part }))
    .filter((part) => part.text !== '');
}
