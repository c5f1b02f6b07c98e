import { describe, expect, it } from 'vitest';
import { ago, count, prose, quoted, shortDigest, splitName } from './format';

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

describe('messages', () => {
  it('shortens hashes of 64 digits, and no other', () => {
    const hash = '0123456789abcdef'.repeat(4);
    expect(quoted(`shop@sha256:${hash}: no`)).toBe('shop@sha256:0123456789ab…: no');
    expect(quoted(`${hash}0 ${hash.slice(1)}`)).toBe(`${hash}0 ${hash.slice(1)}`);
  });
  it('tells code from text', () => {
    expect(prose('remove `a` now')).toEqual([
      { code: false, text: 'remove ' },
      { code: true, text: 'a' },
      { code: false, text: ' now' },
    ]);
    expect(prose('one ` alone')).toEqual([{ code: false, text: 'one ` alone' }]);
  });
});
