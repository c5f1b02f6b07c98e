import { describe, expect, it } from 'vitest';
import type { Entry } from './api';
import { changes, facts, findings, headline, mark, outcome, reasons } from './bodies';

const entry = (kind: string, body: unknown, summary = 'the summary'): Entry => ({
  seq: 1,
  time: '2026-03-01T12:00:00Z',
  digest: `sha256:${'0'.repeat(64)}`,
  kind,
  actor: 'seawall',
  summary,
  body,
  prev: '',
  hash: '',
});

describe('bodies', () => {
  it('reads findings worst first and leaves zeros out', () => {
    const summary = { critical: 1, fixable: 119, high: 0, low: 3, other: 109, suppressed: 2 };
    expect(findings({ summary })).toEqual({
      severities: [
        { severity: 'critical', count: 1 },
        { severity: 'low', count: 3 },
        { severity: 'other', count: 109 },
      ],
      fixable: 119,
      suppressed: 2,
    });
    expect(findings({ summary: {} })?.severities).toEqual([]);
    expect(findings({})).toBeNull();
    expect(findings('text')).toBeNull();
  });
  it('reads an outcome wherever it is written', () => {
    expect(outcome({ verdict: { outcome: 'deny' } })).toBe('deny');
    expect(outcome({ outcome: 'Warn' })).toBe('warn');
    expect(outcome({ allowed: true })).toBe('allow');
    expect(outcome({ outcome: 'done' })).toBeNull();
    expect(outcome(null)).toBeNull();
  });
  it('sorts reasons by weight and writes exceptions out', () => {
    const exception = { reason: 'no XML', owner: 'pay', until: '2027-01-31' };
    const body = {
      verdict: {
        reasons: [
          { policy: 'p', rule: 'r', outcome: 'allow', message: 'm', exception },
          { policy: 'p', outcome: 'deny', message: 'unsigned', remedy: 'sign it' },
        ],
      },
    };
    const allowed = { message: 'm', outcome: 'allow', exception: 'no XML (pay, until 2027-01-31)' };
    expect(reasons(body)).toEqual([
      { rule: 'p', message: 'unsigned', remedy: 'sign it', outcome: 'deny', exception: '' },
      { rule: 'p / r', remedy: '', ...allowed },
    ]);
    expect(reasons({ verdict: { reasons: 'none' } })).toEqual([]);
  });
  it('heads a refusal with what was asked and how much speaks against it', () => {
    const verdict = { outcome: 'deny', reasons: [{ outcome: 'deny' }, { outcome: 'warn' }] };
    const body = { verdict, request: { object: 'Pod shop/rogue', user: 'developer' } };
    expect(headline(entry('admitted', body))).toBe('Pod shop/rogue: 1 reason against it, 1 warning');
    expect(headline(entry('gated', { verdict: { reasons: [] } }))).toBe('the summary');
    expect(headline(entry('built', null))).toBe('the summary');
  });
  it('reads what a promotion changed', () => {
    const changed = [{ file: 'a.yaml', line: 3, before: ' image: a', after: ' image: b' }];
    const body = {
      promoted: { changed, commit: '813ea73', branch: 'main', already: [] },
      repository: 'config',
    };
    const read = { file: 'a.yaml', line: '3', before: 'image: a', after: 'image: b' };
    expect(changes(body)).toEqual([read]);
    expect(facts(entry('promoted', body)).map(({ label, value }) => `${label} ${value}`)).toEqual([
      'Commit 813ea73',
      'Branch main',
      'Repository config',
    ]);
  });
  it('reads alerts and responses', () => {
    const alert = {
      rule: 'Shell',
      priority: 'Warning',
      process: { command_line: 'sh -c id', pid: 7, exe_path: '/bin/busybox', uid: 0 },
      container: { id: 'c1', pod: { namespace: 'shop', name: 'web-1' } },
    };
    const alerted = entry('alerted', { alert });
    expect([headline(alerted), mark(alerted)]).toEqual(['Shell', { word: 'Warning', tone: 'warn' }]);
    expect(facts(alerted).map(({ label, value }) => `${label} ${value}`)).toEqual([
      'Command sh -c id',
      'Process /bin/busybox, pid 7',
      'User uid 0',
      'Pod shop/web-1',
      'Container c1',
    ]);
    const responded = entry('responded', {
      action: 'kill-process',
      outcome: 'failed',
      text: 'no such process',
    });
    expect([headline(responded), mark(responded)]).toEqual([
      'kill-process: no such process',
      { word: 'failed', tone: 'bad' },
    ]);
  });
});
