// The bodies of entries, as commands write them, into what a page shows of them.

import type { Entry, Outcome } from './api';
import { count } from './format';

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

// `other` is how a report's summary counts what is negligible or unknown.
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'negligible', 'unknown', 'other'] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface Findings {
  /** Worst first, those that count. */
  severities: { severity: Severity; count: number }[];
  fixable: number;
  suppressed: number;
}

/** The summary of a `scanned` body; none where there is none. */
export function findings(body: unknown): Findings | null {
  const summary = map(body).summary;
  if (typeof summary !== 'object' || summary === null) return null;
  const number = (name: string): number => {
    const n = map(summary)[name];
    return typeof n === 'number' && n > 0 ? n : 0;
  };
  const severities = SEVERITIES.map((severity) => ({ severity, count: number(severity) }));
  return {
    severities: severities.filter((one) => one.count > 0),
    fixable: number('fixable'),
    suppressed: number('suppressed'),
  };
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
  return list(map(map(body).promoted).changed).map((value) => {
    const change = map(value);
    return {
      file: text(change.file),
      line: text(change.line),
      before: text(change.before).trim(),
      after: text(change.after).trim(),
    };
  });
}

/** The line under an entry's heading: its summary, or less where the page shows the rest of it in another way. */
export function headline(entry: Entry): string {
  const body = map(entry.body);
  if (entry.kind === 'alerted') return text(map(body.alert).rule) || entry.summary;
  if (entry.kind === 'responded') {
    return [body.action, body.text].map(text).filter(Boolean).join(': ') || entry.summary;
  }
  const why = reasons(entry.body);
  if (why.length === 0) return entry.summary;
  const said = [
    ['deny', 'reason against it', 'reasons against it'],
    ['warn', 'warning', 'warnings'],
  ].flatMap(([outcome = '', one = '', many = '']) => {
    const n = why.filter((reason) => reason.outcome === outcome).length;
    return n === 0 ? [] : [count(n, one, many)];
  });
  const object = text(map(body.request).object);
  return [object, said.join(', ')].filter((part) => part !== '').join(': ') || entry.summary;
}

/** One word on how it went, for the heading: an alert's priority, what came of a response. */
export function mark(entry: Entry): { word: string; tone: 'bad' | 'warn' | 'good' | 'plain' } | null {
  if (entry.kind === 'alerted') {
    const word = text(map(map(entry.body).alert).priority);
    return word === '' ? null : { word, tone: /^(emerg|alert|crit|err)/i.test(word) ? 'bad' : 'warn' };
  }
  if (entry.kind === 'responded') {
    const word = text(map(entry.body).outcome);
    const tones: Record<string, 'bad' | 'warn' | 'good'> = { done: 'good', failed: 'bad', refused: 'warn' };
    return word === '' ? null : { word, tone: tones[word] ?? 'plain' };
  }
  return null;
}

export interface Fact {
  label: string;
  value: string;
  code: boolean;
}

/** Facts worth a line of their own, in this order; what is empty or said already is left out. */
export function facts(entry: Entry): Fact[] {
  const body = map(entry.body);
  const alert = map(body.alert);
  const process = map(alert.process);
  const fields = map(alert.output_fields);
  const container = { ...map(alert.container), ...map(body.container) };
  const pod = map(container.pod);
  const promoted = map(body.promoted);
  const verified = map(list(body.verified)[0]);
  const proof = { ...map(verified.signature), ...map(verified.attestation) };
  const request = map(body.request);
  const wanted: [label: string, value: string, code?: boolean][] = [
    ['By', text(request.user)],
    ['Signature by', names(body.signatures, 'key')],
    ['Attestations', names(body.attestations, 'predicate_type')],
    ['Command', text(process.command_line), true],
    ['Process', joined(text(process.exe_path), text(process.pid), 'pid')],
    ['Parent', text(fields['proc.pname'])],
    ['User', text(fields['user.name']) || joined('', text(process.uid), 'uid')],
    ['Pod', [text(pod.namespace), text(pod.name)].filter((part) => part !== '').join('/')],
    ['Container', text(container.name) || text(container.id), true],
    ['Image', text(container.image), true],
    ['Runtime', text(container.runtime)],
    ['Privileged', container.privileged === true ? 'yes' : ''],
    ['Rule', text(body.rule)],
    ['Key', text(body.key) || text(proof.key), true],
    ['Form', text(body.layout) || text(proof.format)],
    ['Type', text(body.predicateType) || text(proof.predicateType)],
    ['Made', text(proof.timestamp)],
    ['Commit', text(promoted.commit), true],
    ['Branch', text(promoted.branch)],
    ['Repository', text(body.repository)],
    ['Already there', list(promoted.already).map(text).join(', ')],
    ['Notes', list(promoted.notes).map(text).join('; ')],
    ['Problems', list(body.problems).map(text).join('; ')],
  ];
  return wanted.flatMap(([label, value, code = false]) =>
    value === '' || value === headline(entry) ? [] : [{ label, value, code }],
  );
}

function names(values: unknown, member: string): string {
  return [...new Set(list(values).map((value) => text(map(value)[member])))].filter(Boolean).join(', ');
}

function joined(what: string, number: string, name: string): string {
  return [what, number === '' ? '' : `${name} ${number}`].filter((part) => part !== '').join(', ');
}
