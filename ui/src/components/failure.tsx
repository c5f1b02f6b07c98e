import { useState } from 'react';
import { ApiError, setToken } from '../api';

/** What went wrong and what to do: for a missing token, a place to give it. */
export function Failure({ error }: { error: Error }) {
  const [token, edit] = useState('');
  if (error instanceof ApiError && error.status === 401) {
    return (
      <form
        className="state"
        onSubmit={(event) => {
          event.preventDefault();
          setToken(token.trim());
          window.location.reload();
        }}
      >
        <h1>This ledger asks for a token</h1>
        <p>{error.message}</p>
        <div className="ask">
          <label htmlFor="token">Token</label>
          <input
            id="token"
            type="password"
            autoComplete="off"
            value={token}
            onChange={(event) => {
              edit(event.target.value);
            }}
          />
          <button type="submit" className="button" disabled={token.trim() === ''}>
            Open
          </button>
        </div>
        <p className="muted">It is kept in this tab and forgotten with it.</p>
      </form>
    );
  }
  return (
    <div className="state" role="alert">
      <h1>This could not be loaded</h1>
      <p>{error.message}</p>
      <button
        type="button"
        className="button"
        onClick={() => {
          window.location.reload();
        }}
      >
        Try again
      </button>
    </div>
  );
}
