import { useEffect, useState } from 'react';
import type { DiscoveredAgent, Site, SiteBook } from '../../host/host.ts';
import { siteWords } from '../../text/sites.ts';
import { words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Problem } from '../../ui/panel.tsx';
import { messageOf } from './messages.ts';

/** Pairs: the fingerprint is compared first and the code given second, so that no code reaches a
 * stranger. */
export function AddSite({
  book,
  onAdded,
}: {
  readonly book: SiteBook;
  readonly onAdded: (site: Site) => void;
}) {
  const [found, setFound] = useState<readonly DiscoveredAgent[]>([]);
  const [address, setAddress] = useState('');
  const [fingerprint, setFingerprint] = useState<string>();
  const [code, setCode] = useState('');
  const [name, setName] = useState('');
  const [failure, setFailure] = useState<string>();
  useEffect(() => book.discover(setFound), [book]);
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    setFailure(undefined);
    try {
      await work();
    } catch (error) {
      setFailure(messageOf(error));
    }
  };
  const look = (at: string): Promise<void> =>
    attempt(async () => {
      setAddress(at);
      setFingerprint(undefined);
      const seen = await book.probe(at);
      setFingerprint(seen.fingerprint ?? '');
    });
  const pair = (): Promise<void> =>
    attempt(async () => {
      const details = { name: name === '' ? address : name };
      onAdded(await book.pair({ address, fingerprint: fingerprint ?? '', code, details }));
    });
  return (
    <form
      className="stack"
      aria-label={siteWords.add}
      onSubmit={(event) => {
        event.preventDefault();
        void (fingerprint === undefined ? look(address) : pair());
      }}
    >
      {failure !== undefined && <Problem title={failure} retryText={words.retry} />}
      {found.map((agent) => (
        <div key={agent.address} className="row">
          <Button onClick={() => void look(agent.address)}>{agent.name}</Button>
          <span className="mono quiet-text">{agent.address}</span>
        </div>
      ))}
      <TextField
        label={siteWords.address}
        help={siteWords.addressHelp}
        value={address}
        isMono
        onChange={(text) => {
          setAddress(text);
          setFingerprint(undefined);
        }}
      />
      {fingerprint === undefined ? (
        <Button type="submit" look="main" disabled={address === ''}>
          {siteWords.look}
        </Button>
      ) : (
        <>
          <p>
            {fingerprint === '' ? siteWords.noCertificate : siteWords.compare}{' '}
            <strong className="mono">{fingerprint}</strong>
          </p>
          <TextField
            label={siteWords.code}
            help={siteWords.codeHelp}
            value={code}
            isMono
            onChange={setCode}
          />
          <TextField label={siteWords.name} value={name} onChange={setName} />
          <Button type="submit" look="main" disabled={code === ''}>
            {siteWords.pair}
          </Button>
        </>
      )}
    </form>
  );
}
