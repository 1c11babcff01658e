// What a package's manifest and tsconfig files may say.
import { referencedFolders, testingFloor, type Workspace, type WorkspacePackage } from './workspace.ts';

const among = ({ packages }: Workspace, names: readonly string[]): readonly WorkspacePackage[] =>
  names.flatMap((name) => packages.get(name) ?? []);

const tagProblems = ({ folder, floor }: WorkspacePackage): readonly string[] =>
  floor === null ? [`${folder}/package.json: no floor; add nx.tags ["layer:0"] to ["layer:7"], or ["layer:app"]`] : [];

const floorProblems = (workspace: Workspace, { folder, floor, dependencies, devDependencies }: WorkspacePackage) => {
  const climbing = among(workspace, [...dependencies, ...devDependencies])
    .filter((used) => floor !== null && used.floor !== null && used.floor >= floor)
    .map(
      (used) =>
        `${folder}/package.json: floor ${floor} may not depend on ${used.name} (floor ${used.floor}); move the code down or pass it in through a port`,
    );
  const shipping = among(workspace, dependencies)
    .filter((used) => used.floor === testingFloor)
    .map((used) => `${folder}/package.json: ${used.name} is for tests; list it under devDependencies`);
  return [...climbing, ...shipping];
};

const referenceProblems = (workspace: Workspace, { folder, dependencies, devDependencies }: WorkspacePackage) =>
  (
    [
      ['tsconfig.lib.json', dependencies],
      ['tsconfig.test.json', [...dependencies, ...devDependencies]],
    ] as const
  ).flatMap(([config, names]) => {
    const wanted = among(workspace, names).map((used) => used.folder);
    const found = referencedFolders(workspace.root, folder, config);
    const missing = wanted.filter((used) => !found.includes(used));
    const surplus = found.filter((used) => !wanted.includes(used));
    return [
      ...missing.map((used) => `${folder}/${config}: add a reference to ${used}, which package.json depends on`),
      ...surplus.map((used) => `${folder}/${config}: drop the reference to ${used}, or add it to package.json`),
    ];
  });

export const packageProblems = (workspace: Workspace, member: WorkspacePackage): readonly string[] => [
  ...tagProblems(member),
  ...floorProblems(workspace, member),
  ...referenceProblems(workspace, member),
];
