import { type Findings } from '../bodies';
import { count } from '../format';

/** Findings by severity: a bar for the eye, and the same in words. */
export function SeverityBar({ findings: { severities, fixable, suppressed } }: { findings: Findings }) {
  const total = severities.reduce((sum, one) => sum + one.count, 0);
  const covered = suppressed === 0 ? '' : `${suppressed.toLocaleString('en')} covered by exceptions`;
  if (total === 0)
    return (
      <p>
        <span className="clean">No findings that count</span>
        {covered !== '' && <span className="muted"> · {covered}</span>}
      </p>
    );
  const fixed = fixable === 0 ? 'none with a fix' : `${fixable.toLocaleString('en')} with a fix`;
  return (
    <div className="severities">
      <div className="bar" aria-hidden="true">
        {severities.map((one) => (
          <span key={one.severity} className={`part ${one.severity}`} style={{ flexGrow: one.count }} />
        ))}
      </div>
      <ul>
        {severities.map((one) => (
          <li key={one.severity}>
            <span className={`dot ${one.severity}`} aria-hidden="true" />
            <b>{one.count.toLocaleString('en')}</b> {one.severity}
          </li>
        ))}
        <li className="muted">
          {[count(total, 'finding'), fixed, covered].filter((part) => part !== '').join(' · ')}
        </li>
      </ul>
    </div>
  );
}
