import { describe, expect, it } from 'vitest';
import { ago, changes, count, facts, findings, outcome, reasons, shortDigest, splitName } from './format';

const NOW = Date.parse('2026-03-01T12:00:00Z');

describe('names and digests', () => {
  it('shortens a digest to twelve digits', () => {
    expect(shortDigest(`sha256:${'0123456789abcdef'.repeat(4)}`)).toBe('0123456789ab');
  });
  it('splits a name where a registry has a port', () => {
    expect(splitName('127.0.0.1:5000/team/shop:1.1')).toEqual({
      place: '127.0.0.1:5000/team/',
      repository: 'shop',
      tag: '1.1',
    });
    expect(splitName('shop')).toEqual({ place: '', repository: 'shop', tag: '' });
  });
});

describe('times', () => {
  it.each([
    ['2026-03-01T11:59:58Z', 'just now'],
    ['2026-03-01T11:59:30Z', '30 sec. ago'],
    ['2026-03-01T11:18:00Z', '42 min. ago'],
    ['2026-02-28T11:00:00Z', 'yesterday'],
    ['2025-12-01T12:00:00Z', '3 mo. ago'],
    ['not a time', 'not a time'],
  ])('%s is %s', (time, text) => {
    expect(ago(time, NOW)).toBe(text);
  });
  it('counts in words', () => {
    expect(count(1, 'entry', 'entries')).toBe('1 entry');
    expect(count(1204, 'entry', 'entries')).toBe('1,204 entries');
  });
});

describe('bodies', () => {
  it('reads findings worst first and leaves zeros out', () => {
    expect(findings({ summary: { low: 3, critical: 1, high: 0 } })).toEqual([
      { severity: 'critical', count: 1 },
      { severity: 'low', count: 3 },
    ]);
    expect(findings({ summary: {} })).toEqual([]);
    expect(findings({})).toBeNull();
    expect(findings('text')).toBeNull();
  });
  it('reads an outcome wherever it is written', () => {
    expect(outcome({ verdict: { outcome: 'deny' } })).toBe('deny');
    expect(outcome({ outcome: 'Warn' })).toBe('warn');
    expect(outcome({ allowed: true })).toBe('allow');
    expect(outcome({ outcome: 'maybe' })).toBeNull();
    expect(outcome(null)).toBeNull();
  });
  it('sorts reasons by weight and writes exceptions out', () => {
    const body = {
      verdict: {
        reasons: [
          {
            policy: 'p',
            rule: 'r',
            outcome: 'allow',
            message: 'm',
            exception: { reason: 'no XML', owner: 'pay', until: '2027-01-31' },
          },
          { policy: 'p', outcome: 'deny', message: 'unsigned', remedy: 'sign it' },
        ],
      },
    };
    expect(reasons(body)).toEqual([
      { rule: 'p', message: 'unsigned', remedy: 'sign it', outcome: 'deny', exception: '' },
      {
        rule: 'p / r',
        message: 'm',
        remedy: '',
        outcome: 'allow',
        exception: 'no XML (pay, until 2027-01-31)',
      },
    ]);
    expect(reasons({ verdict: { reasons: 'none' } })).toEqual([]);
  });
  it('reads changes and facts', () => {
    expect(
      changes({ changed: [{ file: 'a.yaml', line: 3, before: ' image: a', after: ' image: b' }] }),
    ).toEqual([{ file: 'a.yaml', line: '3', before: 'image: a', after: 'image: b' }]);
    expect(facts({ alert: { rule: 'Shell', priority: 'Critical' }, pod: 'shop-1' })).toEqual([
      ['Rule', 'Shell'],
      ['Priority', 'Critical'],
      ['Pod', 'shop-1'],
    ]);
  });
});
