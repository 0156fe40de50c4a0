/* What the files of the stand-in library share: the driver's numbers and structures (those of the
   real nvml.h), and how a call begins. */

#ifndef STAND_IN_NVML_H
#define STAND_IN_NVML_H

#include "trace.h"

enum {
    SUCCESS = 0, UNINITIALIZED = 1, INVALID_ARGUMENT = 2, NOT_SUPPORTED = 3, NOT_FOUND = 6,
    INSUFFICIENT_SIZE = 7, LIBRARY_NOT_FOUND = 12
};
enum {
    FIELD_TOTAL_ENERGY = 83, FIELD_AVERAGE = 185, FIELD_INSTANT = 186, FIELD_MINIMUM_LIMIT = 187,
    FIELD_MAXIMUM_LIMIT = 188, FIELD_DEFAULT_LIMIT = 189, FIELD_CURRENT_LIMIT = 190,
    FIELD_ENERGY = 191
};
enum { VALUE_UNSIGNED = 1, VALUE_LONG_LONG = 3 };

typedef void *device_t;
typedef union { double d; unsigned u; unsigned long ul; unsigned long long ull; long long sll; } value_t;
typedef struct {
    unsigned field, scope; long long timestamp, latency; unsigned type, result; value_t value;
} field_t;
typedef struct {
    char legacy[16]; unsigned domain, bus, device, id, subsystem; char bus_id[32];
} pci_t;
typedef struct { unsigned long long total, free, used; } memory_t;
typedef struct { unsigned version; unsigned long long total, reserved, free, used; } memory2_t;
typedef struct { unsigned pid; unsigned long long memory; unsigned gpu_instance, compute_instance; } process_t;
typedef struct {
    unsigned multiprocessors, copies, decoders, encoders, jpegs, ofas, gpu_slices, compute_slices;
    unsigned long long memory;
} attributes_t;

int64_t trace_now(void);
struct board *as_board(device_t device);
struct slice *as_slice(device_t device);

/* Begin a call about a board; return the error that it ends with, or SUCCESS. */
int begin(const struct board *board, enum call call);

#define BEGIN(call)                                              \
    struct board *board = as_board(device);                      \
    if (!board && as_slice(device)) return NOT_SUPPORTED;        \
    int failure = begin(board, call);                            \
    if (failure) return failure

/* The same for calls that a MIG device answers too. */
#define BEGIN_ANY(call)                                          \
    struct slice *slice = as_slice(device);                      \
    struct board *board = slice ? slice->board : as_board(device); \
    int failure = begin(board, call);                            \
    if (failure) return failure

#endif
