declare module 'virtual:schemas' {
  import type { SchemaCheck, SchemaDocument } from '../form/schema.ts';
  export const validators: Readonly<Record<'resources' | 'gear', SchemaCheck>>;
  export const documents: Readonly<Record<string, SchemaDocument>>;
}

declare module '*.css';
