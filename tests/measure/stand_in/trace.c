/* Read a trace, and compute in closed form what the counter and the power sensors show. */

#define _GNU_SOURCE
#include "trace.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BILLION 1000000000LL
#define NEVER INT64_MAX
#define NOT_SUPPORTED 3

struct machine machine;
char trace_error[512];

struct named { const char *name; int value; };

static const struct named ERRORS[] = {
    {"not_supported", NOT_SUPPORTED}, {"no_permission", 4}, {"driver_not_loaded", 9},
    {"timeout", 10}, {"library_not_found", 12}, {"gpu_is_lost", 15}, {"reset_required", 16},
    {"lib_rm_version_mismatch", 18}, {"unknown", 999}, {NULL, 0}};

static const struct named CALL_NAMES[] = {
    {"all", CALL_ALL}, {"handle", CALL_HANDLE}, {"counter", CALL_COUNTER}, {"power", CALL_POWER},
    {"fields", CALL_FIELDS}, {"instant", CALL_INSTANT}, {"average", CALL_AVERAGE},
    {"energy", CALL_ENERGY}, {"limit", CALL_LIMIT}, {"temperature", CALL_TEMPERATURE},
    {"clock", CALL_CLOCK}, {"utilization", CALL_UTILIZATION}, {"throttle", CALL_THROTTLE},
    {"memory", CALL_MEMORY}, {"processes", CALL_PROCESSES}, {"identity", CALL_IDENTITY},
    {"mig", CALL_MIG}, {NULL, 0}};

static const struct named REASONS[] = {
    {"gpu_idle", 0x1}, {"applications_clocks", 0x2}, {"sw_power_cap", 0x4}, {"hw_slowdown", 0x8},
    {"sync_boost", 0x10}, {"sw_thermal", 0x20}, {"hw_thermal", 0x40}, {"hw_power_brake", 0x80},
    {NULL, 0}};

static const struct named ARCHITECTURES[] = {
    {"kepler", 2}, {"maxwell", 3}, {"pascal", 4}, {"volta", 5}, {"turing", 6}, {"ampere", 7},
    {"ada", 8}, {"hopper", 9}, {"blackwell", 10}, {NULL, 0}};

static const struct named USAGES[] = {{"none", 0}, {"instant", 1}, {"average", 2}, {NULL, 0}};
static const struct named ANSWERS[] = {{"no", 0}, {"yes", 1}, {NULL, 0}};
static const struct named SCOPE_NAMES[] = {{"gpu", SCOPE_GPU}, {"module", SCOPE_MODULE}, {NULL, 0}};

/* -- reading ------------------------------------------------------------------------------- */

static int failed; /* whether the line that is being read makes no sense */

static int look_up(const struct named *names, const char *word) {
    for (; names->name; names++)
        if (!strcmp(names->name, word)) return names->value;
    failed = 1;
    return 0;
}

static double number(const char *word) {
    char *end;
    if (!strcmp(word, "-")) return NAN;
    double value = strtod(word, &end);
    if (end == word || *end || isnan(value)) failed = 1;
    return value;
}

int64_t trace_nanoseconds(double seconds) {
    double value = rint(seconds * 1e9); /* halves to even, as Python's round */
    return value >= 9.2e18 ? NEVER : value <= -9.2e18 ? INT64_MIN : (int64_t)value;
}

static int64_t moment(const char *word) { return trace_nanoseconds(number(word)); }

static void text(char *target, const char *value) { snprintf(target, WORD, "%s", value); }

/* Make room for one more at the end of an array. */
static void *grown(void *array, size_t *count, size_t size) {
    if ((*count & (*count - 1)) == 0) array = realloc(array, size * (*count ? 2 * *count : 1));
    if (!array) abort();
    memset((char *)array + size * *count, 0, size);
    ++*count;
    return array;
}

static void add_step(struct steps *steps, int64_t time, double watts) {
    size_t at = steps->count, same = at, again = at;
    steps->time = grown(steps->time, &same, sizeof *steps->time);
    steps->watts = grown(steps->watts, &again, sizeof *steps->watts);
    steps->energy = grown(steps->energy, &steps->count, sizeof *steps->energy);
    if (at && time <= steps->time[at - 1]) failed = 1;
    steps->time[at] = time;
    steps->watts[at] = watts;
    if (at)
        steps->energy[at] = steps->energy[at - 1] +
                            steps->watts[at - 1] * (double)(time - steps->time[at - 1]) / 1e9;
}

#define ADD(array, count) ((array) = grown(array, &(count), sizeof *(array)), &(array)[(count) - 1])

/* Read a line with several words for the last board; return whether its key is known. */
static int list_line(struct board *board, const char *key, char **word, int words) {
    int scope = !strcmp(key, "power")          ? SCOPE_GPU
                : !strcmp(key, "module")       ? SCOPE_MODULE
                : !strcmp(key, "memory_power") ? SCOPE_MEMORY : -1;
    int two = words >= 2, three = words >= 3, four = words >= 4;
    if (scope >= 0 && two) {
        add_step(&board->power[scope], moment(word[0]), number(word[1]));
    } else if (!strcmp(key, "resets")) {
        *ADD(board->resets, board->reset_count) = moment(word[0]);
    } else if (!strcmp(key, "faults") && four) {
        *ADD(board->faults, board->fault_count) = (struct fault){
            (enum call)look_up(CALL_NAMES, word[0]), look_up(ERRORS, word[1]), moment(word[2]), moment(word[3])};
    } else if (!strcmp(key, "throttled") && three) {
        *ADD(board->throttled, board->throttled_count) = (struct span){
            (unsigned)look_up(REASONS, word[2]), moment(word[0]), moment(word[1])};
    } else if (!strcmp(key, "processes") && two) {
        *ADD(board->processes, board->process_count) =
            (struct process){(unsigned)number(word[0]), (unsigned long long)number(word[1])};
    } else if (!strcmp(key, "readings") && four) {
        *ADD(board->readings, board->reading_count) = (struct reading){
            moment(word[0]), number(word[1]), number(word[2]), number(word[3])};
    } else if (!strcmp(key, "mig") && three && board->mig_count < MAX_SLICES) {
        struct slice *slice = &board->mig[board->mig_count++];
        *slice = (struct slice){.board = board, .slices = (unsigned)number(word[1]),
                                .memory = (unsigned long long)number(word[2])};
        text(slice->uuid, word[0]);
    } else {
        return 0;
    }
    return 1;
}

/* Read a line with one word for the last board; return whether its key is known. */
static int board_line(struct board *board, const char *key, char *value) {
    struct { const char *key; double *target; } doubles[] = {
        {"counter_start", &board->counter_start}, {"counter_gain", &board->counter_gain},
        {"gain", &board->gain}, {"limit", &board->limit},
        {"limit_minimum", &board->limit_minimum}, {"limit_maximum", &board->limit_maximum}};
    struct { const char *key; int64_t *target; } times[] = {
        {"counter_step", &board->counter_step}, {"counter_phase", &board->counter_phase},
        {"period", &board->instant.period}, {"window", &board->instant.window},
        {"phase", &board->instant.phase}, {"average_period", &board->average.period},
        {"average_window", &board->average.window}};
    struct { const char *key; unsigned *target; } wholes[] = {
        {"temperature", &board->temperature}, {"utilization", &board->utilization},
        {"clock", &board->clock}, {"clock_maximum", &board->clock_maximum}};
    struct { const char *key; int *target; const struct named *names; } choices[] = {
        {"counter", &board->counter, ANSWERS}, {"instant", &board->instant.present, ANSWERS},
        {"average", &board->average.present, ANSWERS}, {"usage", &board->usage, USAGES},
        {"c2c", &board->c2c, ANSWERS}, {"counter_scope", &board->counter_scope, SCOPE_NAMES},
        {"architecture", (int *)&board->architecture, ARCHITECTURES}};
    for (size_t i = 0; i < sizeof doubles / sizeof *doubles; i++)
        if (!strcmp(key, doubles[i].key)) return *doubles[i].target = number(value), 1;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        if (!strcmp(key, times[i].key)) return *times[i].target = moment(value), 1;
    for (size_t i = 0; i < sizeof wholes / sizeof *wholes; i++)
        if (!strcmp(key, wholes[i].key)) return *wholes[i].target = (unsigned)number(value), 1;
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
        if (!strcmp(key, choices[i].key)) return *choices[i].target = look_up(choices[i].names, value), 1;
    if (!strcmp(key, "uuid")) return text(board->uuid, value), 1;
    if (!strcmp(key, "name")) return text(board->name, value), 1;
    if (!strcmp(key, "memory")) return board->memory = (unsigned long long)number(value), 1;
    if (!strcmp(key, "lost")) {
        *ADD(board->faults, board->fault_count) = (struct fault){CALL_ALL, 15, moment(value), NEVER};
        return 1;
    }
    return 0;
}

static int machine_line(const char *key, char *value) {
    if (!strcmp(key, "lca-trace")) return !strcmp(value, "1");
    if (!strcmp(key, "driver")) return text(machine.driver, value), 1;
    if (!strcmp(key, "nvml")) return text(machine.nvml, value), 1;
    if (!strcmp(key, "date")) return text(machine.date, value), 1;
    if (!strcmp(key, "origin")) return text(machine.origin, value), 1;
    if (!strcmp(key, "cuda")) return machine.cuda = (int)number(value), 1;
    if (!strcmp(key, "failure")) return machine.failure = look_up(ERRORS, value), 1;
    return 0;
}

static int begin_board(void) {
    if (machine.board_count == MAX_BOARDS) return 0;
    struct board *board = &machine.boards[machine.board_count];
    *board = (struct board){
        .index = machine.board_count++, .architecture = 9, .counter = 1, .usage = 2, .c2c = -1,
        .counter_step = BILLION / 10, .counter_gain = 1, .gain = 1,
        .instant = {1, BILLION / 10, BILLION / 40, 0}, .average = {1, BILLION / 10, BILLION, 0}};
    return 1;
}

/* Read one line, already without comment and edges; return whether it makes sense. */
static int line(char *row) {
    char *rest = row, *words[5], copy[1024], *place = copy;
    char *key = strsep(&rest, " \t");
    failed = 0;
    if (!strcmp(key, "board")) return begin_board();
    if (!rest) return 0;
    rest += strspn(rest, " \t");
    if (!machine.board_count) return machine_line(key, rest) && !failed;
    snprintf(copy, sizeof copy, "%s", rest);
    int count = 0;
    for (char *word; count < 5 && (word = strsep(&place, " \t"));)
        if (*word) words[count++] = word;
    struct board *board = &machine.boards[machine.board_count - 1];
    return (list_line(board, key, words, count) || board_line(board, key, rest)) && !failed;
}

static int complete(const struct board *board) {
    return (board->power[SCOPE_GPU].count || board->reading_count) && board->counter_step > 0 &&
           board->instant.period > 0 && board->average.period > 0 && *board->uuid;
}

int trace_load(const char *path) {
    char row[1024];
    FILE *file = fopen(path, "r");
    trace_unload(0);
    if (!file) return snprintf(trace_error, sizeof trace_error, "%s: cannot be opened", path), 1;
    for (int at = 1; fgets(row, sizeof row, file); at++) {
        row[strcspn(row, "#\r\n")] = 0;
        for (size_t end = strlen(row); end && strchr(" \t", row[end - 1]);) row[--end] = 0;
        if (!*row || line(row)) continue;
        snprintf(trace_error, sizeof trace_error, "%.300s:%d: this line makes no sense", path, at);
        fclose(file);
        return trace_unload(12), 1;
    }
    fclose(file);
    for (unsigned i = 0; i < machine.board_count; i++) {
        machine.boards[i].average.phase = machine.boards[i].instant.phase;
        if (complete(&machine.boards[i])) continue;
        snprintf(trace_error, sizeof trace_error, "%.300s: board %u lacks a UUID, power or a period", path, i);
        return trace_unload(12), 1;
    }
    return 0;
}

void trace_unload(int failure) {
    for (unsigned i = 0; i < machine.board_count; i++) {
        struct board *board = &machine.boards[i];
        for (int scope = 0; scope < SCOPES; scope++) {
            free(board->power[scope].time);
            free(board->power[scope].watts);
            free(board->power[scope].energy);
        }
        free(board->resets);
        free(board->faults);
        free(board->throttled);
        free(board->processes);
        free(board->readings);
    }
    memset(&machine, 0, sizeof machine);
    machine.failure = failure;
}

/* -- what is drawn and what is shown ------------------------------------------------------- */

/* Return the step that holds at a time; the first also holds before it. */
static size_t step_at(const struct steps *steps, int64_t now) {
    size_t low = 0, high = steps->count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (steps->time[middle] <= now) low = middle; else high = middle;
    }
    return low;
}

static double energy_at(const struct steps *steps, int64_t now) {
    size_t at = step_at(steps, now);
    return steps->energy[at] + steps->watts[at] * (double)(now - steps->time[at]) / 1e9;
}

double trace_energy(const struct steps *steps, int64_t start, int64_t stop) {
    return steps->count ? energy_at(steps, stop) - energy_at(steps, start) : NAN;
}

/* Return the time of the last update at or before now. */
static int64_t tick(int64_t now, int64_t every, int64_t phase) {
    int64_t since = now - phase, whole = since / every;
    if (since % every < 0) whole--;
    return phase + whole * every;
}

/* Return the last recorded reading at or before now. */
static const struct reading *reading_at(const struct board *board, int64_t now) {
    size_t low = 0, high = board->reading_count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (board->readings[middle].time <= now) low = middle; else high = middle;
    }
    return &board->readings[low];
}

int trace_counter(const struct board *board, int scope, int64_t now, unsigned long long *millijoules) {
    if (!board->counter) return NOT_SUPPORTED;
    if (board->reading_count) {
        double joules = reading_at(board, now)->counter;
        if (isnan(joules)) return NOT_SUPPORTED;
        return *millijoules = (unsigned long long)llround(joules * 1e3), 0;
    }
    const struct steps *steps = &board->power[scope];
    if (!steps->count) return NOT_SUPPORTED;
    int64_t shown = tick(now, board->counter_step, board->counter_phase), origin = 0;
    int again = 0;
    for (size_t i = 0; i < board->reset_count; i++)
        if (board->resets[i] <= now && (!again || board->resets[i] > origin)) {
            origin = board->resets[i];
            again = 1;
        }
    double seen = trace_energy(steps, origin, shown); /* negative until the first update after a reset */
    double joules = (again ? 0 : board->counter_start) + board->counter_gain * seen;
    *millijoules = joules > 0 ? (unsigned long long)floor(joules * 1e3 + 1e-6) : 0;
    return 0;
}

int trace_power(const struct board *board, int average, int scope, int64_t now, unsigned *milliwatts) {
    const struct sensor *sensor = average ? &board->average : &board->instant;
    double watts;
    if (board->reading_count) {
        const struct reading *reading = reading_at(board, now);
        watts = average ? reading->average : reading->instant;
        if (isnan(watts)) return NOT_SUPPORTED;
        return *milliwatts = (unsigned)llround(watts * 1e3), 0;
    }
    const struct steps *steps = &board->power[scope];
    if (!steps->count) return NOT_SUPPORTED;
    int64_t stop = tick(now, sensor->period, sensor->phase), start = stop - sensor->window;
    watts = start == stop ? steps->watts[step_at(steps, stop)]
                          : trace_energy(steps, start, stop) / ((double)(stop - start) / 1e9);
    *milliwatts = (unsigned)llround(board->gain * watts * 1e3);
    return 0;
}

int trace_fault(const struct board *board, enum call call, int64_t now) {
    for (size_t i = 0; i < board->fault_count; i++) {
        const struct fault *fault = &board->faults[i];
        if ((fault->call == CALL_ALL || fault->call == call) && fault->start <= now && now < fault->stop)
            return fault->error;
    }
    return 0;
}
