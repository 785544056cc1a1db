// Every limit on what input can grow, in one place. Names end in Max; the unit is in the name where it is not a count.

/** Nesting of arrays and objects in a JSON text. */
export const jsonDepthMax = 512;
/** Characters of a CEL expression. */
export const expressionTextMax = 16_384;
/** Nodes of an expression's syntax tree. */
export const expressionNodesMax = 4_000;
/** Nesting of an expression: parentheses, calls, indexes. */
export const expressionDepthMax = 250;
/** Elements of one list or map literal in an expression, and arguments of one call. */
export const expressionElementsMax = 2_000;
/** Turns of all macros in one evaluation; an expression that needs more is missing. */
export const expressionTurnsMax = 20_000_000;
/** Macros (`map`, `filter`, `all` …) inside macros: every level multiplies the time by the length of a list. */
export const macroNestingMax = 3;
/** UTF-16 code units of a text that an expression makes; a longer one is missing. */
export const textLengthMax = 16_777_216;
/** Elements of a list that an expression makes; a longer one is missing. */
export const listLengthMax = 1_000_000;
/** Nesting of a template. */
export const templateDepthMax = 100;

/** Bytes of a request body that a clone or a recorder accepts. */
export const requestBodyBytesMax = 16_777_216;
/** Bytes of one body that a recording holds, if its maker says nothing else; of a longer one length and hash are kept. */
export const recordedBodyBytesMax = 268_435_456;
/** Bytes of a recorded body that is read as a value; a longer one stays in the file and its exchange is marked. */
export const heldBodyBytesMax = 33_554_432;
/** Bytes of one body that a recorder holds in memory; a longer one is stored as it comes. */
export const spooledBodyBytesMin = 1_048_576;
/** Units of one streamed body (events, lines, messages) whose arrival is recorded. */
export const arrivalsMax = 100_000;
/** Bytes of a request body that a client may take all of its time (`--client-timeout`) for: less is as good as silence. */
export const drippedBodyBytesMax = 1024;
/** Interim answers (103 and the like) of one exchange that are recorded. */
export const interimAnswersMax = 16;
/** Bytes of one message on a WebSocket that a recorder reads; after a longer one it only passes on. */
export const socketMessageBytesMax = 134_217_728;
/** Entities alive in one world. */
export const entityCountMax = 1_000_000;
/** JSON values that the views of one answer may make; an answer that needs more is unknown. */
export const answerValuesMax = 5_000_000;
/** Elements of one request's list that a clone deals with one by one. */
export const eachElementsMax = 10_000;
/** Milliseconds since the epoch that a virtual clock can show: the end of the year 9999. */
export const clockTimeMax = 253_402_300_799_999;
/** Steps of one episode. */
export const episodeStepsMax = 100_000;
/** Bytes of one text file of a clone. */
export const cloneFileBytesMax = 268_435_456;
/** Episodes that a server holds in memory; others are rebuilt from their logs when they are asked for. */
export const liveEpisodesMax = 65_536;
/** Bytes of a call's body on the control plane. */
export const controlBodyBytesMax = 33_554_432;
/** Episodes that one call may make. */
export const forkCountMax = 1_024;
/** Episodes or steps of one call for many. */
export const batchCallsMax = 4_096;
/** Episodes that one call lists. */
export const listedEpisodesMax = 1_000;
/** Distinct fields of one answer that are counted for drift. */
export const profileFieldsMax = 5_000;
/** Nesting down to which fields are counted for drift. */
export const profileDepthMax = 32;
/** Distinct strings of a field that are counted for drift. */
export const enumValuesMax = 24;
/** Characters of a string that can be one of few values. */
export const enumTextLengthMax = 40;
/** Bytes of an HTTP Archive, decompressed: what one text can hold. */
export const harBytesMax = 500_000_000;
/** OpenEnv sessions that a server has at once. */
export const openEnvSessionsMax = 65_536;
/** Recorded latencies that a clone keeps of one route and status. */
export const latencySamplesMax = 100;
/** Milliseconds of one recorded latency; what took longer counts as that. */
export const latencyMsMax = 3_600_000;
/** Processes of one server. */
export const workersMax = 256;
/** Tools that a clone offers; of more routes, those that were asked most. */
export const toolsMax = 128;
/** Characters of a tool's name: what language models take. */
export const toolNameLengthMax = 64;
/** Recorded values that the schema of one argument shows. */
export const toolExamplesMax = 5;
