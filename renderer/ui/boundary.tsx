import { Component, type ReactNode } from 'react';

export interface BoundaryProps {
  readonly title: string;
  readonly retryText: string;
  readonly children: ReactNode;
}

/** A bug in one view leaves the rest standing, and says so. */
export class Boundary extends Component<BoundaryProps, { readonly error: Error | undefined }> {
  override state: { readonly error: Error | undefined } = { error: undefined };

  static getDerivedStateFromError(error: unknown): { readonly error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <div className="panel-state" role="alert">
        <p className="panel-title">{this.props.title}</p>
        <p className="mono">{error.message}</p>
        <button
          type="button"
          className="button"
          onClick={() => this.setState({ error: undefined })}
        >
          {this.props.retryText}
        </button>
      </div>
    );
  }
}
