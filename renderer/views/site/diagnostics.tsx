import { ClientError, isObject, textOf } from '../../../agent/client/index.ts';
import { withoutSecrets } from '../../state/document.ts';
import { basePath } from '../../state/paths.ts';
import { words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { useScene } from '../scene.ts';

type Source = keyof typeof words.site.sources;

/** What a bundle holds, listed before it is saved; secrets are taken out. */
export function DiagnosticsDialog({ onClose }: { readonly onClose: () => void }) {
  const { session, identity, host, timers, toast } = useScene();
  const base = basePath(identity, 'account');
  const sources: readonly (readonly [Source, string])[] = [
    ['health', '/healthz'],
    ['site', '/v2/site'],
    ['alarms', '/v2/alarms?page_size=500'],
    ['jobs', `${base}/resources/jobs?page_size=200`],
    ['resources', `${base}/resources?page_size=1000`],
    ...(identity.isMaster
      ? ([
          ['spans', '/v2/spans?page_size=500'],
          ['gear', '/v2/gear?page_size=500'],
          ['audit', '/v2/audit?page_size=200'],
          ['metrics', '/metrics'],
        ] as const)
      : []),
  ];
  const save = async (): Promise<void> => {
    const parts: Record<string, unknown> = {
      made_at: new Date(timers.nowMs()).toISOString(),
      address: session.site.address,
    };
    for (const [name, path] of sources) {
      try {
        parts[name] = redact(await session.client.text(path));
      } catch (cause) {
        if (!(cause instanceof ClientError)) throw cause;
        parts[name] = { failed: cause.kind, message: cause.message };
      }
    }
    await host.saveFile(
      'craftport-diagnostics.json',
      'application/json',
      JSON.stringify(parts, null, 2),
    );
    toast('good', words.site.saved);
    onClose();
  };
  return (
    <Dialog
      title={words.site.diagnostics}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{words.cancel}</Button>
          <Button look="main" onClick={() => void save()}>
            {words.site.save}
          </Button>
        </>
      }
    >
      <p>{words.site.bundleHelp}</p>
      <dl className="pairs">
        {sources.map(([name, path]) => (
          <div key={name}>
            <dt>{words.site.sources[name]}</dt>
            <dd className="mono quiet-text clip" title={path}>
              {path}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

function redact(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? withoutSecrets(value['data'] ?? value) : textOf(value);
  } catch {
    return text;
  }
}
