/** Documents of one synchronisation: CSAF providers publish one a document, tens of thousands. */
export const DOCUMENTS_LIMIT = 100_000;
/** Documents that are fetched ahead of the one being read. */
export const AHEAD_LIMIT = 4;
/** Records that are written at once. */
export const BATCH_RECORDS = 500;
/** Faults that are kept in words; the others are counted. */
export const FAULTS_KEPT = 20;
export const FAULT_CHARACTERS = 500;
/** From so many faults on, and more of them than records, the document is not in the format that it is taken for. */
export const FAULTS_DOUBTFUL = 100;
/** A snapshot of a feed that had more than so many records … */
export const SHRINK_COUNTS_FROM = 100;
/** … may not suddenly hold fewer than this part of them: a cut-off or emptied export must not end thousands of findings. */
export const SHRINK_LIMIT = 0.5;
