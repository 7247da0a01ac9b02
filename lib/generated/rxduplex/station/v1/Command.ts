// Original file: proto/rxduplex/station/v1/station.proto

import type {
  Calibrate as _rxduplex_station_v1_Calibrate,
  Calibrate__Output as _rxduplex_station_v1_Calibrate__Output,
} from '../../../rxduplex/station/v1/Calibrate.js';
import type {
  Survey as _rxduplex_station_v1_Survey,
  Survey__Output as _rxduplex_station_v1_Survey__Output,
} from '../../../rxduplex/station/v1/Survey.js';
import type {
  Note as _rxduplex_station_v1_Note,
  Note__Output as _rxduplex_station_v1_Note__Output,
} from '../../../rxduplex/station/v1/Note.js';

/**
 * One thing for the station to do or to know.
 */
export interface Command {
  calibrate?: _rxduplex_station_v1_Calibrate | null;
  survey?: _rxduplex_station_v1_Survey | null;
  note?: _rxduplex_station_v1_Note | null;
  /**
   * Which of them it is.
   */
  command?: 'calibrate' | 'survey' | 'note';
}

/**
 * One thing for the station to do or to know.
 */
export interface Command__Output {
  calibrate?: _rxduplex_station_v1_Calibrate__Output | null;
  survey?: _rxduplex_station_v1_Survey__Output | null;
  note?: _rxduplex_station_v1_Note__Output | null;
  /**
   * Which of them it is.
   */
  command?: 'calibrate' | 'survey' | 'note';
}
