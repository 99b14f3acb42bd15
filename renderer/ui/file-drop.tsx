// A text file chosen or dropped.

import { type DragEvent, type ReactNode, useEffect, useState } from 'react';

export interface FileDropProps {
  /** Of the button that chooses a file. */
  readonly label: string;
  /** `.csv,.txt` */
  readonly accept: string;
  readonly onText: (text: string, name: string) => void;
  /** What was dropped is no text, or cannot be read. */
  readonly onUnreadable: (name: string) => void;
  /** Where files may be dropped. */
  readonly children: ReactNode;
  /** Stands next to the button. */
  readonly beside?: ReactNode;
}

export function FileDrop(props: FileDropProps) {
  const [isOver, setOver] = useState(false);
  // A browser leaves the page for a file that misses its place.
  useEffect(() => {
    const stay = (event: globalThis.DragEvent): void => event.preventDefault();
    addEventListener('dragover', stay);
    addEventListener('drop', stay);
    return () => {
      removeEventListener('dragover', stay);
      removeEventListener('drop', stay);
    };
  }, []);
  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    const text = await file.text().catch(() => '\0');
    // A spreadsheet is no CSV.
    if (text.includes('\0')) props.onUnreadable(file.name);
    else props.onText(text, file.name);
  };
  return (
    <div
      className="stack drop"
      data-over={isOver || undefined}
      onDragOver={(event: DragEvent) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event: DragEvent) => {
        event.preventDefault();
        setOver(false);
        void take(event.dataTransfer.files[0]);
      }}
    >
      {props.children}
      <div className="row">
        <label className="button file">
          {props.label}
          <input
            type="file"
            className="hidden-input"
            accept={props.accept}
            onChange={(event) => {
              void take(event.target.files?.[0]);
              // The same file again is a change too.
              event.target.value = '';
            }}
          />
        </label>
        {props.beside}
      </div>
    </div>
  );
}
