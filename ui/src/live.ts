// The ledger's live stream. `EventSource` cannot send a token, so the stream is read by hand: it is a few lines.

import { ApiError, type Entry, open } from './api';

export type LiveState = 'connecting' | 'live' | 'lost';

interface Follower {
  /** Entries may have been added: all that was loaded before may be old. */
  behind: () => void;
  entry: (entry: Entry) => void;
  state: (state: LiveState) => void;
}

const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;

/** Follows the stream until the returned function is called; connects again, ever slower, where it breaks. */
export function follow(follower: Follower): () => void {
  let running = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = FIRST_WAIT;
  let last = '';

  const connect = async (signal: AbortSignal): Promise<void> => {
    const response = await open('stream', signal, last === '' ? {} : { 'last-event-id': last });
    if (!response.body) throw new Error('the stream has no body');
    follower.state('live');
    follower.behind();
    wait = FIRST_WAIT;
    const parser = new StreamParser();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      for (const message of parser.push(value)) {
        last = message.id;
        follower.entry(JSON.parse(message.data) as Entry);
      }
    }
  };
  const start = (): void => {
    clearTimeout(timer);
    running = new AbortController();
    const { signal } = running;
    void connect(signal)
      .catch((error: unknown) => error)
      .then((error) => {
        // Without its token a page stays closed; the form that asks for one loads it again.
        if (signal.aborted || (error instanceof ApiError && error.status === 401)) return;
        follower.state('lost');
        timer = setTimeout(start, wait);
        wait = Math.min(wait * 2, LONGEST_WAIT);
      });
  };
  const stop = (): void => {
    clearTimeout(timer);
    running.abort();
  };
  // A browser opens few connections to one server: a page that nobody looks at gives its own up.
  const seen = (): void => {
    stop();
    if (!document.hidden) start();
  };
  document.addEventListener('visibilitychange', seen);
  if (!document.hidden) start();
  return () => {
    document.removeEventListener('visibilitychange', seen);
    stop();
  };
}

/** Server-sent events (HTML standard, 9.2.6) out of pieces of text: those with an id and data. */
export class StreamParser {
  #rest = '';

  push(piece: string): { id: string; data: string }[] {
    const blocks = (this.#rest + piece).split(/\r?\n\r?\n/);
    this.#rest = blocks.pop() ?? '';
    return blocks.flatMap((block) => {
      let id = '';
      const data: string[] = [];
      for (const line of block.split(/\r?\n/)) {
        const [, field, value] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
        if (field === 'id') id = value ?? '';
        if (field === 'data') data.push(value ?? '');
      }
      return id === '' || data.length === 0 ? [] : [{ id, data: data.join('\n') }];
    });
  }
}
