import { createContext, useContext, useEffect, useEffectEvent, useState } from 'react';
import type { Entry } from './api';
import { follow, type LiveState } from './live';

export interface Live {
  state: LiveState;
  /** Counts up whenever entries may have been added. */
  version: number;
  /** The newest entry that came in while the page was open. */
  newest: Entry | null;
}

export const LiveContext = createContext<Live>({ state: 'connecting', version: 0, newest: null });

/** One stream for the whole page. Entries that come together count once. */
export function useStream(): Live {
  const [live, setLive] = useState<Live>({ state: 'connecting', version: 0, newest: null });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let newest: Entry | null = null;
    const behind = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        setLive((old) => ({ ...old, version: old.version + 1, newest: newest ?? old.newest }));
      }, 200);
    };
    const leave = follow({
      behind,
      entry: (entry) => {
        newest = entry;
        behind();
      },
      state: (state) => {
        setLive((old) => ({ ...old, state }));
      },
    });
    return () => {
      clearTimeout(timer);
      leave();
    };
  }, []);
  return live;
}

/** Calls when entries may have been added; the signal ends what the call before began. */
export function useAdded(added: (signal: AbortSignal) => void): void {
  const { version } = useContext(LiveContext);
  const call = useEffectEvent(added);
  useEffect(() => {
    if (version === 0) return;
    const abort = new AbortController();
    call(abort.signal);
    return () => {
      abort.abort();
    };
  }, [version]);
}

/** The time, renewed often enough for `3 min. ago`. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  const { version } = useContext(LiveContext);
  useEffect(() => {
    const renew = () => {
      setNow(Date.now());
    };
    const first = setTimeout(renew, 0);
    const timer = setInterval(renew, 20_000);
    return () => {
      clearTimeout(first);
      clearInterval(timer);
    };
  }, [version]);
  return now;
}
