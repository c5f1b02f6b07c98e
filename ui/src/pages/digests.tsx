import { useEffect, useRef, useState } from 'react';
import { type DigestRow, getDigests, type Page, type State } from '../api';
import { Chips } from '../components/chips';
import { Failure } from '../components/failure';
import { Link } from '../components/link';
import { ago, quoted, shortDigest, splitName } from '../format';
import { Icon } from '../kinds';
import { go, trailPath, useAddress } from '../router';
import { withNewer, withOlder } from '../rows';
import { useAdded, useNow } from '../use-live';
import { useLoaded } from '../use-loaded';

const STATES: Record<State, string> = {
  clear: 'Clear',
  warned: 'Warned',
  denied: 'Denied',
  alerted: 'Alerted',
};

export function DigestsPage() {
  const text = useAddress().searchParams.get('q') ?? '';
  const [loaded, change] = useLoaded(`digests ${text}`, (signal) => getDigests(text, undefined, signal));
  useAdded((signal) => {
    getDigests(text, undefined, signal).then(
      (first) => {
        change((held) => withNewer(held, first), first);
      },
      // The stream says in the page's head that the server is away, and calls again when it is back.
      () => undefined,
    );
  });
  useEffect(() => {
    document.title = 'Digests · Seawall';
  }, []);
  return (
    <>
      <div className="head">
        <h1>Digests</h1>
        <Search text={text} />
      </div>
      {loaded.state === 'failed' ? (
        <Failure error={loaded.error} />
      ) : loaded.state === 'loading' ? (
        <Skeleton />
      ) : loaded.value.items.length === 0 ? (
        <Empty text={text} />
      ) : (
        <>
          <Rows rows={loaded.value.items} />
          {loaded.value.next !== undefined && (
            <More
              key={text}
              text={text}
              before={loaded.value.next}
              found={(older) => {
                change((held) => withOlder(held, older), older);
              }}
            />
          )}
        </>
      )}
    </>
  );
}

function Search({ text }: { text: string }) {
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(text);
  const [address, setAddress] = useState(text);
  // A link or the browser's back button changed the filter, not this field.
  if (text !== address) {
    setAddress(text);
    if (text !== typed.trim()) setTyped(text);
  }
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
      if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      field.current?.focus();
      field.current?.select();
    };
    window.addEventListener('keydown', focus);
    return () => {
      window.removeEventListener('keydown', focus);
    };
  }, []);
  useEffect(() => {
    if (typed.trim() === text) return;
    const timer = setTimeout(() => {
      const wanted = typed.trim();
      go(wanted === '' ? '/' : `/?q=${encodeURIComponent(wanted)}`, true);
    }, 150);
    return () => {
      clearTimeout(timer);
    };
  }, [typed, text]);
  return (
    <div className="search" role="search">
      <Icon name="search" />
      <input
        ref={field}
        type="search"
        aria-label="Filter by name or digest"
        placeholder="Filter by name or digest"
        maxLength={200}
        spellCheck={false}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur();
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </div>
  );
}

function Rows({ rows }: { rows: DigestRow[] }) {
  const now = useNow();
  return (
    <div className="table" role="table" aria-label="Digests">
      <div className="row columns" role="row">
        <span role="columnheader">Image</span>
        <span role="columnheader">State</span>
        <span role="columnheader">What happened</span>
        <span role="columnheader">Last event</span>
      </div>
      {rows.map((row) => (
        <Row key={row.digest} row={row} now={now} />
      ))}
    </div>
  );
}

interface MoreProps {
  text: string;
  before: number;
  found: (older: Page<DigestRow>) => void;
}

function More({ text, before, found }: MoreProps) {
  const [state, setState] = useState<{ loading: boolean; failed: string }>({ loading: false, failed: '' });
  return (
    <div className="more">
      <button
        type="button"
        className="button"
        disabled={state.loading}
        onClick={() => {
          setState({ loading: true, failed: '' });
          getDigests(text, before).then(
            (page) => {
              setState({ loading: false, failed: '' });
              found(page);
            },
            (error: unknown) => {
              setState({ loading: false, failed: error instanceof Error ? error.message : String(error) });
            },
          );
        }}
      >
        {state.loading ? 'Loading…' : 'Load more'}
      </button>
      {state.failed !== '' && (
        <p className="bad-text" role="alert">
          {state.failed}
        </p>
      )}
    </div>
  );
}

function Row({ row, now }: { row: DigestRow; now: number }) {
  const { place, repository, tag } = splitName(row.name ?? '');
  return (
    <div className={`row ${row.state}`} role="row">
      <div className="image" role="cell">
        <Link className="name" to={trailPath(row.digest)}>
          {row.name === null ? 'unnamed' : repository}
          {tag !== '' && <span className="tag">:{tag}</span>}
        </Link>
        <span className="sub">
          <code>{shortDigest(row.digest)}</code>
          {place !== '' && <span className="place">{place.replace(/\/$/, '')}</span>}
        </span>
      </div>
      <div role="cell">
        <span className={`status ${row.state}`}>
          <Icon name={row.state === 'clear' ? 'check' : row.state === 'denied' ? 'cross' : 'alerted'} />
          {STATES[row.state]}
        </span>
      </div>
      <div role="cell">
        <Chips kinds={row.kinds} />
      </div>
      <div className="last" role="cell">
        <span className="what" title={row.last_summary}>
          {quoted(row.last_summary)}
        </span>
        <time className="sub" dateTime={row.last_time} title={row.last_time}>
          {ago(row.last_time, now)}
        </time>
      </div>
    </div>
  );
}

function Empty({ text }: { text: string }) {
  if (text !== '') {
    return (
      <div className="state">
        <h2>Nothing matches “{text}”</h2>
        <p>
          The filter looks at names (<code>shop:1.1</code>) and at the start of digests.{' '}
          <Link to="/">Show all</Link>
        </p>
      </div>
    );
  }
  return (
    <div className="state">
      <h2>No evidence yet</h2>
      <p>Scan an image, and it shows up here with everything that happens to it afterwards.</p>
      <pre>seawall scan image registry.example.com/shop:1.0</pre>
    </div>
  );
}

function Skeleton() {
  return (
    <div className="table" aria-busy="true">
      <span className="hidden" role="status">
        Loading digests
      </span>
      {[58, 44, 66, 50, 60].map((width) => (
        <div className="row" key={width}>
          <span className="ghost" style={{ width: `${width}%` }} />
          <span className="ghost" style={{ width: '60%' }} />
          <span className="ghost" style={{ width: `${width + 20}%` }} />
          <span className="ghost" style={{ width: '70%' }} />
        </div>
      ))}
    </div>
  );
}
