import type { DigestRow } from '../api';
import { chipLabel, Icon, KINDS, tone } from '../kinds';

/** What happened to a digest, in the order of the way. */
export function Chips({ kinds }: { kinds: DigestRow['kinds'] }) {
  return (
    <ul className="chips">
      {KINDS.flatMap((kind) => {
        const seen = kinds[kind];
        if (!seen) return [];
        return (
          <li key={kind} className={`chip ${tone(kind, seen.outcome)}`}>
            <Icon name={kind} />
            {chipLabel(kind, seen.outcome)}
            {seen.count > 1 && (
              <span className={seen.outcome === undefined ? 'times' : 'times last'}>{seen.count}</span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
