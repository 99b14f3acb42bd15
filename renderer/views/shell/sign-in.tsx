import { useState } from 'react';
import { ClientError } from '../../../agent/client/index.ts';
import type { SiteSession } from '../../state/site.ts';
import { words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Problem } from '../../ui/panel.tsx';

export function SignIn({
  session,
  wasSignedIn,
}: {
  readonly session: SiteSession;
  readonly wasSignedIn: boolean;
}) {
  const [account, setAccount] = useState('');
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ClientError>();
  const submit = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      await session.signIn({ account, username, password });
    } catch (cause) {
      if (!(cause instanceof ClientError)) throw cause;
      setError(cause);
    } finally {
      setBusy(false);
    }
  };
  return (
    <main className="gate">
      <form
        className="gate-card"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <h1>
          {words.product} <span className="quiet-text">{session.site.name}</span>
        </h1>
        {wasSignedIn && <p className="note">{words.signIn.ended}</p>}
        {error !== undefined && <Problem title={textOf(error)} retryText={words.retry} />}
        <TextField
          label={words.signIn.account}
          value={account}
          onChange={setAccount}
          autoComplete="organization"
          autoFocus
        />
        <TextField
          label={words.signIn.username}
          value={username}
          onChange={setUsername}
          autoComplete="username"
        />
        <TextField
          label={words.signIn.password}
          type="password"
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
        />
        <Button type="submit" look="main" disabled={isBusy}>
          {isBusy ? words.signIn.busy : words.signIn.submit}
        </Button>
        <p className="quiet-text">{words.signIn.link}</p>
      </form>
    </main>
  );
}

function textOf(error: ClientError): string {
  switch (error.kind) {
    case 'signed-out':
    case 'invalid':
      return words.signIn.wrong;
    case 'limited':
      return words.signIn.limited;
    case 'unreachable':
      return words.signIn.offline;
    default:
      return words.errors[error.kind];
  }
}
