import type { ClientError } from '../../agent/client/index.ts';
import { words } from '../text/words.ts';
import { Problem } from '../ui/panel.tsx';
import { problemText } from './scene.ts';

/** What a request that failed says, above what is still shown; nothing where none failed. */
export function Failed({
  error,
  onRetry,
}: {
  readonly error: ClientError | undefined;
  readonly onRetry?: () => void;
}) {
  if (error === undefined) return null;
  return <Problem {...problemText(error)} retryText={words.retry} onRetry={onRetry} />;
}
