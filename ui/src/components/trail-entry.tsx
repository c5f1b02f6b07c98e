import type { Entry } from '../api';
import { changes, facts, findings, headline, mark, outcome, type Reason, reasons } from '../bodies';
import { clock, count, quoted } from '../format';
import { Icon, label, tone } from '../kinds';
import { Details } from './details';
import { Prose } from './prose';
import { SeverityBar } from './severity-bar';

/** More reasons than this are folded. */
const SHOWN = 5;

const WORDS: Record<string, string> = { deny: 'Denied', warn: 'Warning', allow: 'Let through' };

/** One entry of the timeline, with what is worth seeing of its body at once. */
export function TrailEntry({ entry, heading }: { entry: Entry; heading: string | null }) {
  const verdict = outcome(entry.body);
  const word = mark(entry);
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
            {word && <span className={`chip ${word.tone}`}>{word.word}</span>}
            <span className="actor">{entry.actor}</span>
            <a className="seq" href={`#entry-${entry.seq}`} title={`Entry ${entry.seq} of the ledger`}>
              #{entry.seq}
            </a>
            <time dateTime={entry.time} title={entry.time}>
              {clock(entry.time)}
            </time>
          </div>
          {found === null && (
            <p className="summary" title={entry.summary}>
              <Prose text={headline(entry)} />
            </p>
          )}
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
  const all = facts(entry);
  if (all.length === 0) return null;
  return (
    <dl className="facts">
      {all.map(({ label: name, value, code }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd title={value}>{code ? <code>{quoted(value)}</code> : quoted(value)}</dd>
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
      {all.map((change, place) => (
        <li key={place}>
          <span className="file">
            {change.file}
            {change.line !== '' && `:${change.line}`}
          </span>
          {change.before !== '' && <del>{change.before}</del>}
          {change.after !== '' && <ins>{change.after}</ins>}
        </li>
      ))}
    </ul>
  );
}

function Reasons({ entry }: { entry: Entry }) {
  const all = reasons(entry.body);
  if (all.length === 0) return null;
  const folded = all.slice(SHOWN);
  return (
    <>
      <ReasonList reasons={all.slice(0, SHOWN)} />
      {folded.length > 0 && (
        <details className="details">
          <summary>{count(folded.length, 'more reason')}</summary>
          <ReasonList reasons={folded} />
        </details>
      )}
    </>
  );
}

function ReasonList({ reasons: all }: { reasons: Reason[] }) {
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
            <p>
              <Prose text={reason.message} />
            </p>
            {reason.exception !== '' && <p className="muted">Exception: {reason.exception}</p>}
            {reason.remedy !== '' && (
              <p className="remedy">
                <Prose text={reason.remedy} />
              </p>
            )}
            <p className="rule">{reason.rule}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}
