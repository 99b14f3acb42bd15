// The desktop's first page: the sites it knows, and the way to add one. A site is paired by
// comparing its fingerprint first and giving the code second, so that no code reaches a stranger.

import { useEffect, useState } from 'react';
import type { DiscoveredAgent, Host, Site, SiteBook } from '../../host/host.ts';
import { words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Badge, Empty, Problem, type Tone } from '../../ui/panel.tsx';

const TRUST: Readonly<Record<Site['trust'], Tone>> = {
  pinned: 'good',
  plain: 'mute',
  unknown: 'warn',
  changed: 'bad',
};

export function Sites({
  host,
  book,
  onOpen,
}: {
  readonly host: Host;
  readonly book: SiteBook;
  readonly onOpen: (site: Site) => void;
}) {
  const [sites, setSites] = useState<readonly Site[]>([]);
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    host.sites().then(setSites, (error: unknown) => setFailure(messageOf(error)));
    return host.onSites(setSites);
  }, [host]);
  const run = (work: Promise<unknown>): void => {
    setFailure(undefined);
    work.catch((error: unknown) => setFailure(messageOf(error)));
  };
  return (
    <main className="pad scroll stack">
      <h1>{words.sites.title}</h1>
      {failure !== undefined && <Problem title={failure} retryText={words.retry} />}
      {sites.length === 0 && <Empty title={words.sites.none} />}
      <ul className="stack plain-list" aria-label={words.sites.title}>
        {sites.map((site) => (
          <li key={site.id} className="span-card">
            <div className="row">
              <Button look="quiet" onClick={() => onOpen(site)}>
                <strong>{site.name}</strong>
              </Button>
              <span className="mono quiet-text">{site.address}</span>
              <Badge tone={TRUST[site.trust]}>{words.sites.trust[site.trust]}</Badge>
              <span className="grow" />
              <Button
                look="quiet"
                label={words.sites.remove(site.name)}
                onClick={() => run(book.remove(site.id))}
              >
                ✕
              </Button>
            </div>
            {site.notes !== undefined && <p className="quiet-text">{site.notes}</p>}
            {site.trust === 'changed' && <ChangedPin site={site} book={book} run={run} />}
          </li>
        ))}
      </ul>
      <AddSite book={book} onAdded={onOpen} />
    </main>
  );
}

/** Another certificate than the one that was pinned: nothing goes there until a person says so. */
function ChangedPin({
  site,
  book,
  run,
}: {
  readonly site: Site;
  readonly book: SiteBook;
  readonly run: (work: Promise<unknown>) => void;
}) {
  const [now, setNow] = useState<string>();
  return (
    <div className="stack" role="alert">
      <p>
        {words.sites.changed} <span className="mono">{site.fingerprint ?? ''}</span>
      </p>
      {now === undefined ? (
        <Button
          onClick={() =>
            run(book.probe(site.address).then(({ fingerprint }) => setNow(fingerprint)))
          }
        >
          {words.sites.look}
        </Button>
      ) : (
        <div className="stack">
          <p>
            {words.sites.shows} <span className="mono">{now}</span>
          </p>
          <Button look="danger" onClick={() => run(book.trust(site.id, now))}>
            {words.sites.accept}
          </Button>
        </div>
      )}
    </div>
  );
}

function AddSite({
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
      className="stack span-card"
      aria-label={words.sites.add}
      onSubmit={(event) => {
        event.preventDefault();
        void (fingerprint === undefined ? look(address) : pair());
      }}
    >
      <h2>{words.sites.add}</h2>
      {failure !== undefined && <Problem title={failure} retryText={words.retry} />}
      {found.map((agent) => (
        <div key={agent.address} className="row">
          <Button onClick={() => void look(agent.address)}>{agent.name}</Button>
          <span className="mono quiet-text">{agent.address}</span>
        </div>
      ))}
      <TextField
        label={words.sites.address}
        help={words.sites.addressHelp}
        value={address}
        isMono
        onChange={(text) => {
          setAddress(text);
          setFingerprint(undefined);
        }}
      />
      {fingerprint === undefined ? (
        <Button type="submit" look="main" disabled={address === ''}>
          {words.sites.look}
        </Button>
      ) : (
        <>
          <p>
            {fingerprint === '' ? words.sites.noCertificate : words.sites.compare}{' '}
            <strong className="mono">{fingerprint}</strong>
          </p>
          <TextField
            label={words.sites.code}
            help={words.sites.codeHelp}
            value={code}
            isMono
            onChange={setCode}
          />
          <TextField label={words.sites.name} value={name} onChange={setName} />
          <Button type="submit" look="main" disabled={code === ''}>
            {words.sites.pair}
          </Button>
        </>
      )}
    </form>
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : words.sites.failed;
}
