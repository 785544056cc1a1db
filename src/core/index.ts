// The core as a library: clones and episodes as values, without I/O. Loads in any JavaScript runtime, without SQLite.

// Clones
export { readCloneFiles, type CloneFiles } from './model/files-read.ts';
export { printCloneFiles } from './model/files-print.ts';
export { applyOverrides } from './model/overrides.ts';
export { modelDigest } from './model/model-digest.ts';
export type { CloneModel, Provenance, Service, StepProvenance } from './model/clone-model.ts';

// The deterministic interpreter
export { initialWorld, loadModel, step, worldDigest, worldEntities } from './runtime/step.ts';
export type { AddressedRequest, LoadedModel, StepResult, Transition, World } from './runtime/step.ts';
export { RUNTIME_VERSION } from './runtime/version.ts';

// Episodes, probes and tasks
export { openEnvironment, type Environment } from './episode/environment.ts';
export { finishEpisode, hasEnded, resetEpisode, stepEpisode } from './episode/episode.ts';
export type { Episode, EpisodeFinish, EpisodeStart, EpisodeStep } from './episode/episode.ts';
export type { AskedFaults, FaultKind, Faults } from './episode/faults.ts';
export { parseEpisodeLog, printLogLine } from './episode/log-line.ts';
export type {
  ClockLine,
  EpisodeLog,
  FinishLine,
  HeaderLine,
  LogLine,
  StepLine,
  UnknownPolicy,
} from './episode/log-line.ts';
export { episodeClock, setEpisodeClock, type ClockChange, type EpisodeClock } from './episode/episode-clock.ts';
export { replayLog, resumeEpisode, scoreLog, type Replay, type Score } from './episode/replay.ts';
export { atifTrajectory, resultsLine, type TrajectorySubject } from './episode/trajectory.ts';
export { requestOfAction } from './episode/action.ts';
export { observationOf, stepInfo } from './episode/observation.ts';
export { parseProbes } from './probe/probe-file.ts';
export type { Probe, ProbeSet } from './probe/probe.ts';
export { parseTasks } from './task/task-file.ts';
export type { Task, TaskSet } from './task/task.ts';

// Values and errors
export type { Body, Exchange, Header, HttpRequest, HttpResponse } from './exchange/exchange.ts';
export { parseJson, printJson, RawNumber, type Json, type JsonObject } from './std/json.ts';
export { MynahError } from './std/errors.ts';
export type { ErrorCode } from './std/error-codes.ts';
