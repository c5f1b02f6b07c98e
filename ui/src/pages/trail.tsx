import { useEffect } from 'react';
import { type Entry, getTrail } from '../api';
import { Copy } from '../components/copy';
import { Failure } from '../components/failure';
import { Link } from '../components/link';
import { TrailEntry } from '../components/trail-entry';
import { ago, count, day, shortDigest, splitName } from '../format';
import { Icon } from '../kinds';
import { useAdded, useNow } from '../use-live';
import { useLoaded } from '../use-loaded';

/** The name that the newest entry gives, one with a tag where there is any, without the digest. */
function nameOf(entries: Entry[]): string | null {
  const names = entries.toReversed().flatMap(({ body }) => {
    if (typeof body !== 'object' || body === null || !('reference' in body)) return [];
    const name = typeof body.reference === 'string' ? (body.reference.split('@')[0] ?? '') : '';
    return name === '' ? [] : [name];
  });
  return names.find((name) => splitName(name).tag !== '') ?? names[0] ?? null;
}

export function TrailPage({ digest }: { digest: string }) {
  const [loaded, change] = useLoaded(digest, (signal) => getTrail(digest, 0, signal));
  const now = useNow();
  const entries = loaded.state === 'ready' ? loaded.value : [];
  useAdded((signal) => {
    if (loaded.state === 'loading') return;
    const last = (of: Entry[]) => of.at(-1)?.seq ?? 0;
    getTrail(digest, last(entries), signal).then(
      (added) => {
        if (added.length === 0 && loaded.state === 'ready') return;
        change((old) => [...old, ...added.filter(({ seq }) => seq > last(old))], added);
      },
      // The stream says in the page's head that the server is away, and calls again when it is back.
      () => undefined,
    );
  });
  const name = nameOf(entries);
  const { place, repository, tag } = splitName(name ?? '');
  useEffect(() => {
    document.title = `${name ?? shortDigest(digest)} · Seawall`;
  }, [name, digest]);
  const first = entries[0];
  const last = entries.at(-1);
  return (
    <article className="trail">
      <Link className="back" to="/">
        <Icon name="back" /> All digests
      </Link>
      <div className="subject">
        {place !== '' && <p className="place">{place.replace(/\/$/, '')}</p>}
        <h1>
          {name === null ? shortDigest(digest) : repository}
          {tag !== '' && <span className="tag">:{tag}</span>}
        </h1>
        <div className="copyline">
          <code>{digest}</code>
          <Copy text={digest} what="digest" />
        </div>
        <div className="meta">
          {first && last && (
            <p className="muted">
              {count(entries.length, 'entry', 'entries')} · first seen {ago(first.time, now)} · last event{' '}
              {ago(last.time, now)}
            </p>
          )}
          <Copy text={`seawall trail ${digest}`} what="command" label="Copy as CLI" icon="terminal" />
        </div>
      </div>
      {loaded.state === 'failed' ? (
        <Failure error={loaded.error} />
      ) : loaded.state === 'loading' ? (
        <p className="state muted" role="status">
          Loading the trail…
        </p>
      ) : entries.length === 0 ? (
        <div className="state">
          <h2>Nothing is known about this digest</h2>
          <p>No command that wrote to this ledger has met it.</p>
        </div>
      ) : (
        <ol className="timeline">
          {entries.map((entry, at) => {
            const today = day(entry.time);
            const before = entries[at - 1];
            return (
              <TrailEntry
                key={entry.seq}
                entry={entry}
                heading={before && day(before.time) === today ? null : today}
              />
            );
          })}
        </ol>
      )}
    </article>
  );
}
