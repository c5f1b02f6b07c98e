import { getVerification } from '../api';
import { clock, count } from '../format';
import { Icon } from '../kinds';
import { useAdded } from '../use-live';
import { useLoaded } from '../use-loaded';
import { Copy } from './copy';

/** Whether the whole chain is unbroken, and its head to keep elsewhere. */
export function ChainBadge() {
  const [loaded, change] = useLoaded('verify', getVerification);
  useAdded((signal) => {
    getVerification(signal).then(
      (now) => {
        change(() => now, now);
      },
      // What was verified before stays shown, with its time.
      () => undefined,
    );
  });
  if (loaded.state === 'loading') return <span className="badge">Verifying the chain…</span>;
  if (loaded.state === 'failed') return <span className="badge">Chain not verified</span>;
  const { whole, entries, head, time, problems } = loaded.value;
  return (
    <details className="chain">
      <summary className={`badge ${whole ? 'good' : 'bad'}`}>
        <Icon name={whole ? 'chain' : 'alerted'} />
        {whole ? 'Chain verified' : `Chain broken: ${count(problems.length, 'problem')}`}
      </summary>
      <div className="popover">
        <p>
          {whole
            ? `All ${count(entries, 'entry', 'entries')} were recomputed at ${clock(time)}: nothing was changed or removed.`
            : `${count(entries, 'entry', 'entries')} were recomputed at ${clock(time)}. The ledger was changed:`}
        </p>
        {!whole && (
          <ul className="problems">
            {problems.slice(0, 12).map((problem, place) => (
              <li key={place}>
                {problem.seq === null ? '' : `#${problem.seq} `}
                {problem.what}
              </li>
            ))}
          </ul>
        )}
        <p className="muted">Head. Keep it elsewhere: it proves later that nothing was cut off.</p>
        <div className="copyline">
          <code>{head}</code>
          <Copy text={head} what="head hash" />
        </div>
      </div>
    </details>
  );
}
