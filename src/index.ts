// The public library: the core, clones in this process, and the servers around them.
export * from './core/index.ts';

// A clone in this process
export { openClone, Clone, CloneEpisode } from './library/open-clone.ts';
export type { Action, OpenCloneOptions, StepOutcome } from './library/open-clone.ts';

// A clone behind two listeners
export { startEnvironmentServer } from './server/environment-server.ts';
export type { EnvironmentServer, EnvironmentServerOptions } from './server/environment-server.ts';

// Files
export { readCloneFolder, writeCloneFolder, type CloneFolder } from './store/clone-folder.ts';
export { openEpisodeStore } from './store/episode-log.ts';
export { readRecording } from './store/recording-store.ts';
