// What a module of this folder exports.
import type { Service } from '../service/service.ts';

/** 0: every API; 1: most; 2: many. */
export type Priority = 0 | 1 | 2;

export interface Behaviour {
  readonly name: string;
  readonly priority: Priority;
  /** One sentence: what a client sees. */
  readonly description: string;
  /** Every service has it. */
  readonly isBasic?: boolean;
  /** Adds it to a service; false when this service has no place for it. */
  readonly install: (service: Service) => unknown;
}
