import { useEffect, useState } from 'react';

export type Loaded<T> =
  { state: 'loading' } | { state: 'ready'; value: T } | { state: 'failed'; error: Error };

/**
 * Loads again whenever `key` changes; an answer that comes too late is dropped. The function changes what is loaded;
 * where loading failed, what it is given second is there instead.
 */
export function useLoaded<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<T>,
): [Loaded<T>, (change: (value: T) => T, otherwise: T) => void] {
  const [held, setHeld] = useState<{ key: string; loaded: Loaded<T> }>({ key, loaded: { state: 'loading' } });
  useEffect(() => {
    const abort = new AbortController();
    load(abort.signal).then(
      (value) => {
        if (!abort.signal.aborted) setHeld({ key, loaded: { state: 'ready', value } });
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        const failed = error instanceof Error ? error : new Error(String(error));
        setHeld({ key, loaded: { state: 'failed', error: failed } });
      },
    );
    return () => {
      abort.abort();
    };
    // `load` is a new function at every render; `key` says when it means something else.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key]);
  const change = (changed: (value: T) => T, otherwise: T) => {
    setHeld((old) => {
      if (old.key !== key || old.loaded.state === 'loading') return old;
      const value = old.loaded.state === 'ready' ? changed(old.loaded.value) : otherwise;
      return { key, loaded: { state: 'ready', value } };
    });
  };
  return [held.key === key ? held.loaded : { state: 'loading' }, change];
}
