import { count, type Severity } from '../format';

/** Findings by severity: a bar for the eye, and the same in words. */
export function SeverityBar({ findings }: { findings: { severity: Severity; count: number }[] }) {
  if (findings.length === 0) return <p className="clean">No findings that count</p>;
  const total = findings.reduce((sum, one) => sum + one.count, 0);
  return (
    <div className="severities">
      <div className="bar" aria-hidden="true">
        {findings.map((one) => (
          <span key={one.severity} className={`part ${one.severity}`} style={{ flexGrow: one.count }} />
        ))}
      </div>
      <ul>
        {findings.map((one) => (
          <li key={one.severity}>
            <span className={`dot ${one.severity}`} aria-hidden="true" />
            <b>{one.count.toLocaleString('en')}</b> {one.severity}
          </li>
        ))}
        <li className="muted">{count(total, 'finding')}</li>
      </ul>
    </div>
  );
}
