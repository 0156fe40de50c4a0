/* The trace that the stand-in library plays: boards, what they draw, what they report, what fails.
   The text format is described in trace.py, which writes it. Times are whole nanoseconds. */

#ifndef STAND_IN_TRACE_H
#define STAND_IN_TRACE_H

#include <stddef.h>
#include <stdint.h>

#define MAX_BOARDS 16
#define MAX_SLICES 7
#define WORD 96

enum call {
    CALL_ALL, CALL_HANDLE, CALL_COUNTER, CALL_POWER, CALL_FIELDS, CALL_INSTANT, CALL_AVERAGE,
    CALL_ENERGY, CALL_LIMIT, CALL_TEMPERATURE, CALL_CLOCK, CALL_UTILIZATION, CALL_THROTTLE,
    CALL_MEMORY, CALL_PROCESSES, CALL_IDENTITY, CALL_MIG, CALLS
};

enum scope { SCOPE_GPU, SCOPE_MODULE, SCOPE_MEMORY, SCOPES };

/* A step function; energy[i] is its integral in joules from the first step to step i. */
struct steps { size_t count; int64_t *time; double *watts; double *energy; };

struct sensor { int present; int64_t period, window, phase; };
struct fault { enum call call; int error; int64_t start, stop; };
struct span { unsigned long long mask; int64_t start, stop; };
struct process { unsigned pid; unsigned long long memory; };
struct reading { int64_t time; double counter, instant, average; };

struct slice { struct board *board; char uuid[WORD]; unsigned slices; unsigned long long memory; };

struct board {
    unsigned index;
    char uuid[WORD], name[WORD];
    unsigned architecture;
    struct steps power[SCOPES];
    int counter, counter_scope;
    int64_t counter_step, counter_phase;
    double counter_start, counter_gain, gain;
    struct sensor instant, average;
    int usage; /* 0 none, 1 instant, 2 average */
    int c2c;   /* -1 not supported */
    int64_t *resets; size_t reset_count;
    struct fault *faults; size_t fault_count;
    struct span *throttled; size_t throttled_count;
    struct process *processes; size_t process_count;
    struct reading *readings; size_t reading_count;
    struct slice mig[MAX_SLICES]; unsigned mig_count;
    double limit, limit_minimum, limit_maximum;
    unsigned temperature, utilization, clock, clock_maximum;
    unsigned long long memory;
};

struct machine {
    char driver[WORD], nvml[WORD], date[WORD], origin[WORD];
    int cuda, failure;
    unsigned board_count;
    struct board boards[MAX_BOARDS];
};

extern struct machine machine;
extern char trace_error[512];

int trace_load(const char *path);
void trace_unload(int failure);

double trace_energy(const struct steps *steps, int64_t start, int64_t stop);
int trace_counter(const struct board *board, int scope, int64_t now, unsigned long long *millijoules);
int trace_power(const struct board *board, int average, int scope, int64_t now, unsigned *milliwatts);
int trace_fault(const struct board *board, enum call call, int64_t now);
int64_t trace_nanoseconds(double seconds);

#endif
