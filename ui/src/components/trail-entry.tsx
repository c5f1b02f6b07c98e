import type { Entry } from '../api';
import { changes, clock, facts, findings, outcome, reasons } from '../format';
import { Icon, label, tone } from '../kinds';
import { Details } from './details';
import { SeverityBar } from './severity-bar';

const WORDS: Record<string, string> = { deny: 'Denied', warn: 'Warning', allow: 'Let through' };

/** One entry of the timeline, with what is worth seeing of its body at once. */
export function TrailEntry({ entry, heading }: { entry: Entry; heading: string | null }) {
  const verdict = outcome(entry.body);
  const found = entry.kind === 'scanned' ? findings(entry.body) : null;
  return (
    <>
      {heading !== null && <li className="day">{heading}</li>}
      <li className={`event ${tone(entry.kind, verdict)}`} id={`entry-${entry.seq}`}>
        <span className="node">
          <Icon name={entry.kind} />
        </span>
        <div className="card">
          <div className="line">
            <h2>{label(entry.kind, verdict)}</h2>
            <span className="actor">{entry.actor}</span>
            <a className="seq" href={`#entry-${entry.seq}`} title={`Entry ${entry.seq} of the ledger`}>
              #{entry.seq}
            </a>
            <time dateTime={entry.time} title={entry.time}>
              {clock(entry.time)}
            </time>
          </div>
          {found === null && <p className="summary">{entry.summary}</p>}
          {found !== null && <SeverityBar findings={found} />}
          <Facts entry={entry} />
          <Changes entry={entry} />
          <Reasons entry={entry} />
          <Details entry={entry} />
        </div>
      </li>
    </>
  );
}

function Facts({ entry }: { entry: Entry }) {
  const all = facts(entry.body).filter(([, value]) => value !== entry.summary);
  if (all.length === 0) return null;
  return (
    <dl className="facts">
      {all.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Changes({ entry }: { entry: Entry }) {
  const all = changes(entry.body);
  if (all.length === 0) return null;
  return (
    <ul className="changes">
      {all.map((change) => (
        <li key={`${change.file}:${change.line}`}>
          <span className="file">
            {change.file}
            {change.line !== '' && `:${change.line}`}
          </span>
          <del>{change.before}</del>
          <ins>{change.after}</ins>
        </li>
      ))}
    </ul>
  );
}

function Reasons({ entry }: { entry: Entry }) {
  const all = reasons(entry.body);
  if (all.length === 0) return null;
  return (
    <ul className="reasons">
      {all.map((reason, place) => (
        <li key={place} className={reason.outcome}>
          <span className="outcome">
            <Icon
              name={reason.outcome === 'deny' ? 'cross' : reason.outcome === 'warn' ? 'alerted' : 'check'}
            />
            {WORDS[reason.outcome] ?? reason.outcome}
          </span>
          <div>
            <p>{reason.message}</p>
            {reason.exception !== '' && <p className="muted">Exception: {reason.exception}</p>}
            {reason.remedy !== '' && <p className="muted">{reason.remedy}</p>}
            <p className="rule">{reason.rule}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}
