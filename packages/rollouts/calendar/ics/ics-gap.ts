/** Why a part of a file can't be understood, as a sentence. Never leaves `parseIcs`. */
export class IcsGap extends Error {}
