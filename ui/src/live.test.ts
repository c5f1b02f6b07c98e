import { describe, expect, it } from 'vitest';
import { StreamParser } from './live';

describe('the live stream', () => {
  it('reads events out of pieces that end anywhere', () => {
    const text = ':\n\nid: 7\nevent: entry\ndata: {"seq":7}\n\nid: 8\ndata: {"a":\ndata: 1}\n\n';
    for (let at = 0; at <= text.length; at += 1) {
      const parser = new StreamParser();
      const found = [...parser.push(text.slice(0, at)), ...parser.push(text.slice(at))];
      expect(found).toEqual([
        { id: '7', data: '{"seq":7}' },
        { id: '8', data: '{"a":\n1}' },
      ]);
    }
  });
  it('leaves keep-alive comments out', () => {
    expect(new StreamParser().push(':keep-alive\n\n: \r\n\r\n')).toEqual([]);
  });
});
