// The version of the runtime as episode logs name it. It changes whenever the same model, seed and requests could give
// other bytes than before.
export const RUNTIME_VERSION = '1';
