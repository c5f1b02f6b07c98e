import { ChainBadge } from './components/chain-badge';
import { Link } from './components/link';
import { LiveMark } from './components/live-mark';
import { DigestsPage } from './pages/digests';
import { TrailPage } from './pages/trail';
import { useAddress } from './router';
import { LiveContext, useStream } from './use-live';

export function App() {
  const address = useAddress();
  const live = useStream();
  const digest = /^\/digests\/(sha256:[0-9a-f]{64})$/.exec(address.pathname.replace(/%3a/i, ':'))?.[1];
  return (
    <LiveContext value={live}>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="top">
        <Link className="brand" to="/">
          <img src="/favicon.svg" alt="" width="22" height="22" />
          Seawall
        </Link>
        <div className="signs">
          <LiveMark />
          <ChainBadge />
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        {digest !== undefined ? (
          <TrailPage key={digest} digest={digest} />
        ) : address.pathname === '/' ? (
          <DigestsPage />
        ) : (
          <div className="state">
            <h1>There is no such page</h1>
            <p>
              Go back to <Link to="/">all digests</Link>.
            </p>
          </div>
        )}
      </main>
    </LiveContext>
  );
}
