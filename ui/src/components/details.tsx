import { useState } from 'react';
import { type Entry, getEntry } from '../api';
import { Copy } from './copy';

/** The body as JSON; members that the list left out are loaded when they are asked for. */
export function Details({ entry }: { entry: Entry }) {
  const [whole, setWhole] = useState<Entry>();
  const [failed, setFailed] = useState('');
  const omitted = whole ? [] : (entry.omitted ?? []);
  const json = JSON.stringify((whole ?? entry).body, null, 2);
  return (
    <details className="details">
      <summary>Evidence</summary>
      <div className="json">
        <div className="tools">
          {omitted.length > 0 && (
            <button
              type="button"
              className="button"
              onClick={() => {
                getEntry(entry.seq).then(setWhole, (error: unknown) => {
                  setFailed(error instanceof Error ? error.message : String(error));
                });
              }}
            >
              Load {omitted.join(', ')}
            </button>
          )}
          <Copy text={json} what="JSON" />
        </div>
        <pre tabIndex={0}>{json}</pre>
      </div>
      {failed !== '' && <p className="bad-text">{failed}</p>}
      <dl className="hashes">
        <dt>Hash</dt>
        <dd>{entry.hash}</dd>
        <dt>Before</dt>
        <dd>{entry.prev}</dd>
        {entry.origin !== undefined && (
          <>
            <dt>Imported</dt>
            <dd>{entry.origin}</dd>
          </>
        )}
      </dl>
    </details>
  );
}
