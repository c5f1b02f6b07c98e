import { useEffect, useRef, useState } from 'react';
import { type DigestRow, getDigests, type Page, type State } from '../api';
import { Chips } from '../components/chips';
import { Failure } from '../components/failure';
import { Link } from '../components/link';
import { ago, shortDigest, splitName } from '../format';
import { Icon } from '../kinds';
import { go, trailPath, useAddress } from '../router';
import { useLoaded } from '../use-loaded';

const STATES: Record<State, string> = {
  clear: 'Clear',
  warned: 'Warned',
  denied: 'Denied',
  alerted: 'Alerted',
};

export function DigestsPage() {
  const text = useAddress().searchParams.get('q') ?? '';
  const first = useLoaded(`digests ${text}`, (signal) => getDigests(text, undefined, signal));
  useEffect(() => {
    document.title = 'Digests · Seawall';
  }, []);
  return (
    <>
      <div className="head">
        <h1>Digests</h1>
        <Search text={text} />
      </div>
      {first.state === 'failed' ? (
        <Failure error={first.error} />
      ) : first.state === 'loading' ? (
        <Skeleton />
      ) : first.value.items.length === 0 ? (
        <Empty text={text} />
      ) : (
        <Rows key={text} text={text} first={first.value} />
      )}
    </>
  );
}

function Search({ text }: { text: string }) {
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(text);
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

function Rows({ text, first }: { text: string; first: Page<DigestRow> }) {
  const [more, setMore] = useState<Page<DigestRow>[]>([]);
  const [state, setState] = useState<{ loading: boolean; failed: string }>({ loading: false, failed: '' });
  const [now] = useState(() => Date.now());
  const pages = [first, ...more];
  const next = pages.at(-1)?.next;
  return (
    <>
      <div className="table" role="table" aria-label="Digests">
        <div className="row columns" role="row">
          <span role="columnheader">Image</span>
          <span role="columnheader">State</span>
          <span role="columnheader">What happened</span>
          <span role="columnheader">Last event</span>
        </div>
        {pages
          .flatMap((page) => page.items)
          .map((row) => (
            <Row key={row.digest} row={row} now={now} />
          ))}
      </div>
      {next !== undefined && (
        <div className="more">
          <button
            type="button"
            className="button"
            disabled={state.loading}
            onClick={() => {
              setState({ loading: true, failed: '' });
              getDigests(text, next).then(
                (page) => {
                  setMore([...more, page]);
                  setState({ loading: false, failed: '' });
                },
                (error: unknown) => {
                  setState({
                    loading: false,
                    failed: error instanceof Error ? error.message : String(error),
                  });
                },
              );
            }}
          >
            {state.loading ? 'Loading…' : 'Load more'}
          </button>
          {state.failed !== '' && <p className="bad-text">{state.failed}</p>}
        </div>
      )}
    </>
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
          {row.last_summary}
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
