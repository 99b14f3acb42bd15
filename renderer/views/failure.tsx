import type { ClientError } from '../../agent/client/index.ts';
import { words } from '../text/words.ts';
import { Problem } from '../ui/panel.tsx';
import { problemText } from './scene.ts';

/** Why what is asked for is not there, above what is still shown; nothing when all is well. */
export function Failure({
  error,
  onRetry,
}: {
  readonly error: ClientError | undefined;
  readonly onRetry?: () => Promise<void>;
}) {
  if (error === undefined) return null;
  return (
    <Problem
      {...problemText(error)}
      retryText={words.retry}
      onRetry={onRetry && (() => void onRetry())}
    />
  );
}
