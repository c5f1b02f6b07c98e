// Values into texts for people, and bodies into what a page shows of them.

import type { Outcome } from './api';

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

type Map = Record<string, unknown>;

function map(value: unknown): Map {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Map) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'negligible', 'unknown'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Findings by severity of a `scanned` body, worst first; none where there is no summary. */
export function findings(body: unknown): { severity: Severity; count: number }[] | null {
  const summary = map(body).summary;
  if (typeof summary !== 'object' || summary === null) return null;
  return SEVERITIES.flatMap((severity) => {
    const n = map(summary)[severity];
    return typeof n === 'number' && n > 0 ? [{ severity, count: n }] : [];
  });
}

/** How a body says that a question was answered. */
export function outcome(body: unknown): Outcome | null {
  const word = text(map(map(body).verdict).outcome) || text(map(body).outcome);
  if (word !== '') {
    const lower = word.toLowerCase();
    return lower === 'allow' || lower === 'warn' || lower === 'deny' ? lower : null;
  }
  const allowed = map(body).allowed;
  return typeof allowed === 'boolean' ? (allowed ? 'allow' : 'deny') : null;
}

export interface Reason {
  rule: string;
  message: string;
  remedy: string;
  outcome: string;
  exception: string;
}

/** The reasons of a verdict, those that refuse first. */
export function reasons(body: unknown): Reason[] {
  const order = ['deny', 'warn', 'allow'];
  return list(map(map(body).verdict).reasons)
    .map((value) => {
      const reason = map(value);
      const exception = map(reason.exception);
      const until = text(exception.until);
      return {
        rule: [text(reason.policy), text(reason.rule)].filter((part) => part !== '').join(' / '),
        message: text(reason.message),
        remedy: text(reason.remedy),
        outcome: text(reason.outcome).toLowerCase(),
        exception:
          text(exception.reason) === ''
            ? ''
            : `${text(exception.reason)} (${text(exception.owner)}${until === '' ? '' : `, until ${until}`})`,
      };
    })
    .sort((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome));
}

export interface Change {
  file: string;
  line: string;
  before: string;
  after: string;
}

/** The lines that a promotion changed. */
export function changes(body: unknown): Change[] {
  return list(map(body).changed ?? map(body).changes).map((value) => {
    const change = map(value);
    return {
      file: text(change.file),
      line: text(change.line),
      before: text(change.before).trim(),
      after: text(change.after).trim(),
    };
  });
}

/** Facts worth a line of their own, in this order. */
export function facts(body: unknown): [label: string, value: string][] {
  const all = { ...map(map(body).alert), ...map(body) };
  const wanted: [string, string][] = [
    ['rule', 'Rule'],
    ['priority', 'Priority'],
    ['output', 'Output'],
    ['key', 'Key'],
    ['predicateType', 'Type'],
    ['commit', 'Commit'],
    ['branch', 'Branch'],
    ['namespace', 'Namespace'],
    ['pod', 'Pod'],
    ['node', 'Node'],
    ['action', 'Action'],
  ];
  return wanted.flatMap(([name, label]) => {
    const value = text(all[name]);
    return value === '' ? [] : [[label, value] as [string, string]];
  });
}
