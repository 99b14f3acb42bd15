import { CraftportError } from '../base/error.ts';

/** Errors of the body reader and of Express in our own words. undefined: a bug. */
export function toKnownError(error: unknown): CraftportError | undefined {
  if (error instanceof CraftportError) return error;
  if (!(error instanceof Error)) return undefined;
  const { status, type } = error as Error & { status?: unknown; type?: unknown };
  if (type === 'entity.too.large')
    return new CraftportError('request.too-large', 'The body is too large', {
      cause: error,
      detail: { limit: (error as Error & { limit?: unknown }).limit },
    });
  if (status === 415)
    return new CraftportError('request.unsupported-type', 'The encoding is not supported', {
      cause: error,
    });
  if (type === 'request.aborted' || type === 'request.size.invalid' || status === 400)
    return new CraftportError('request.invalid', 'The request is malformed', {
      cause: error,
      detail: {
        fields: { request: { invalid: { message: 'The request is malformed or incomplete' } } },
      },
    });
  return undefined;
}
