import { importProblems } from './import-rules.ts';
import { packageProblems } from './package-rules.ts';
import type { Workspace } from './workspace.ts';

/** Every breach of the floors, manifests and faces in the workspace, one line each; a line says what to do. */
export const layerProblems = (workspace: Workspace): readonly string[] =>
  [...workspace.packages.values()].flatMap((member) => [
    ...packageProblems(workspace, member),
    ...importProblems(workspace, member),
  ]);
