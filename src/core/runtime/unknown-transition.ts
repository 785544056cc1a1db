// What a rule throws, inside one step only, when the model turns out not to say what happens.

export class UnknownTransition extends Error {}
