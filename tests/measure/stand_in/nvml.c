/* A stand-in for libnvidia-ml.so.1 that plays a trace (see trace.py): the calls that energy meters
   make, with the driver's names, structures and errors. Numbers are those of nvml.h. */

#define _GNU_SOURCE
#include "nvml.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* -- time, and what tests ask ---------------------------------------------------------------- */

static _Atomic int64_t manual_time, per_call, clock_origin;
static atomic_int manual, users, ready;
static atomic_long calls;

static int64_t monotonic(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000LL + now.tv_nsec;
}

int64_t trace_now(void) { return manual ? manual_time : monotonic() - clock_origin; }

int stand_in_load(const char *path) {
    calls = 0;
    ready = 1;
    return trace_load(path);
}

void stand_in_unload(void) {
    ready = 1;
    users = 0;
    trace_unload(LIBRARY_NOT_FOUND);
}

const char *stand_in_error(void) { return trace_error; }
double stand_in_now(void) { return (double)trace_now() / 1e9; }
void stand_in_set_time(double seconds) { manual_time = trace_nanoseconds(seconds); manual = 1; }
void stand_in_advance(double seconds) { manual_time += trace_nanoseconds(seconds); }
void stand_in_advance_per_call(double seconds) { per_call = trace_nanoseconds(seconds); }
void stand_in_use_clock(double origin) { clock_origin = trace_nanoseconds(origin); manual = 0; }
long stand_in_calls(void) { return calls; }
int stand_in_users(void) { return users; }

double stand_in_true_energy(int board, double start, double stop) {
    const struct steps *steps = &machine.boards[board].power[SCOPE_GPU];
    return trace_energy(steps, trace_nanoseconds(start), trace_nanoseconds(stop));
}

/* A process that was only given an environment reads its trace at the first nvmlInit. */
static void read_environment(void) {
    const char *path = getenv("LCA_STAND_IN_TRACE"), *origin = getenv("LCA_STAND_IN_ORIGIN");
    if (atomic_exchange(&ready, 1)) return;
    clock_origin = origin ? trace_nanoseconds(strtod(origin, NULL)) : monotonic();
    if (!path) trace_unload(LIBRARY_NOT_FOUND);
    else if (trace_load(path)) fprintf(stderr, "stand-in libnvidia-ml.so.1: %s\n", trace_error);
}

/* -- who is asked ---------------------------------------------------------------------------- */

struct slice *as_slice(device_t device) {
    for (unsigned i = 0; i < machine.board_count; i++)
        for (unsigned j = 0; j < machine.boards[i].mig_count; j++)
            if (device == &machine.boards[i].mig[j]) return &machine.boards[i].mig[j];
    return NULL;
}

struct board *as_board(device_t device) {
    for (unsigned i = 0; i < machine.board_count; i++)
        if (device == &machine.boards[i]) return &machine.boards[i];
    return NULL;
}

int begin(const struct board *board, enum call call) {
    if (users <= 0) return UNINITIALIZED;
    if (!board) return INVALID_ARGUMENT;
    calls++;
    manual_time += per_call;
    return trace_fault(board, call, trace_now());
}

static int copy(char *target, unsigned size, const char *source) {
    if (strlen(source) >= size) return INSUFFICIENT_SIZE;
    strcpy(target, source);
    return SUCCESS;
}

static void bus_id(const struct board *board, char *target, size_t size, const char *format) {
    snprintf(target, size, format, 0, board->index + 1, 0);
}

/* -- the library ----------------------------------------------------------------------------- */

int nvmlInitWithFlags(unsigned flags) {
    (void)flags;
    read_environment();
    if (machine.failure) return machine.failure;
    users++;
    return SUCCESS;
}
int nvmlInit_v2(void) { return nvmlInitWithFlags(0); }
int nvmlInit(void) { return nvmlInitWithFlags(0); }

int nvmlShutdown(void) {
    if (users <= 0) return UNINITIALIZED;
    users--;
    return SUCCESS;
}

const char *nvmlErrorString(int result) {
    switch (result) {
    case SUCCESS: return "Success";
    case UNINITIALIZED: return "Uninitialized";
    case INVALID_ARGUMENT: return "Invalid Argument";
    case NOT_SUPPORTED: return "Not Supported";
    case 4: return "Insufficient Permissions";
    case NOT_FOUND: return "Not Found";
    case INSUFFICIENT_SIZE: return "Insufficient Size";
    case 9: return "Driver Not Loaded";
    case 10: return "Timeout";
    case LIBRARY_NOT_FOUND: return "NVML Shared Library Not Found";
    case 15: return "GPU is lost";
    case 16: return "GPU requires reset";
    case 18: return "Driver/library version mismatch";
    default: return "Unknown Error";
    }
}

#define NEED_INIT if (users <= 0) return UNINITIALIZED

int nvmlSystemGetDriverVersion(char *version, unsigned size) { NEED_INIT; return copy(version, size, machine.driver); }
int nvmlSystemGetNVMLVersion(char *version, unsigned size) { NEED_INIT; return copy(version, size, machine.nvml); }
int nvmlSystemGetCudaDriverVersion_v2(int *version) { NEED_INIT; return *version = machine.cuda, SUCCESS; }
int nvmlSystemGetCudaDriverVersion(int *version) { return nvmlSystemGetCudaDriverVersion_v2(version); }
int nvmlDeviceGetCount_v2(unsigned *count) { NEED_INIT; return *count = machine.board_count, SUCCESS; }
int nvmlDeviceGetCount(unsigned *count) { return nvmlDeviceGetCount_v2(count); }

/* -- handles and identity -------------------------------------------------------------------- */

static int hand_out(struct board *board, device_t handle, device_t *device) {
    int failure = begin(board, CALL_HANDLE);
    if (!failure) *device = handle;
    return failure;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, device_t *device) {
    NEED_INIT;
    if (index >= machine.board_count) return INVALID_ARGUMENT;
    return hand_out(&machine.boards[index], &machine.boards[index], device);
}
int nvmlDeviceGetHandleByIndex(unsigned index, device_t *device) { return nvmlDeviceGetHandleByIndex_v2(index, device); }

int nvmlDeviceGetHandleByUUID(const char *uuid, device_t *device) {
    NEED_INIT;
    for (unsigned i = 0; i < machine.board_count; i++) {
        struct board *board = &machine.boards[i];
        if (!strcmp(board->uuid, uuid)) return hand_out(board, board, device);
        for (unsigned j = 0; j < board->mig_count; j++)
            if (!strcmp(board->mig[j].uuid, uuid)) return hand_out(board, &board->mig[j], device);
    }
    return NOT_FOUND;
}

int nvmlDeviceGetHandleByPciBusId_v2(const char *id, device_t *device) {
    NEED_INIT;
    for (unsigned i = 0; i < machine.board_count; i++) {
        char whole[32], legacy[32];
        bus_id(&machine.boards[i], whole, sizeof whole, "%08X:%02X:%02X.0");
        bus_id(&machine.boards[i], legacy, sizeof legacy, "%04X:%02X:%02X.0");
        if (!strcasecmp(whole, id) || !strcasecmp(legacy, id))
            return hand_out(&machine.boards[i], &machine.boards[i], device);
    }
    return NOT_FOUND;
}
int nvmlDeviceGetHandleByPciBusId(const char *id, device_t *device) { return nvmlDeviceGetHandleByPciBusId_v2(id, device); }

int nvmlDeviceGetUUID(device_t device, char *uuid, unsigned size) {
    BEGIN_ANY(CALL_IDENTITY);
    return copy(uuid, size, slice ? slice->uuid : board->uuid);
}

int nvmlDeviceGetName(device_t device, char *name, unsigned size) {
    BEGIN_ANY(CALL_IDENTITY);
    return copy(name, size, board->name);
}

int nvmlDeviceGetIndex(device_t device, unsigned *index) { BEGIN(CALL_IDENTITY); return *index = board->index, SUCCESS; }
int nvmlDeviceGetMinorNumber(device_t device, unsigned *minor) { BEGIN(CALL_IDENTITY); return *minor = board->index, SUCCESS; }
int nvmlDeviceGetBrand(device_t device, int *brand) { BEGIN(CALL_IDENTITY); return *brand = 14, SUCCESS; }
int nvmlDeviceGetArchitecture(device_t device, unsigned *architecture) {
    BEGIN_ANY(CALL_IDENTITY);
    return *architecture = board->architecture, SUCCESS;
}

int nvmlDeviceGetPciInfo_v3(device_t device, pci_t *info) {
    BEGIN(CALL_IDENTITY);
    *info = (pci_t){.bus = board->index + 1, .id = 0x233010DE, .subsystem = 0x16C110DE};
    bus_id(board, info->legacy, sizeof info->legacy, "%04X:%02X:%02X.0");
    bus_id(board, info->bus_id, sizeof info->bus_id, "%08X:%02X:%02X.0");
    return SUCCESS;
}
int nvmlDeviceGetPciInfo_v2(device_t device, pci_t *info) { return nvmlDeviceGetPciInfo_v3(device, info); }
int nvmlDeviceGetPciInfo(device_t device, pci_t *info) { return nvmlDeviceGetPciInfo_v3(device, info); }

int nvmlDeviceGetPersistenceMode(device_t device, unsigned *mode) { BEGIN(CALL_IDENTITY); return *mode = 1, SUCCESS; }

int nvmlDeviceGetC2cModeInfoV(device_t device, unsigned *enabled) {
    BEGIN(CALL_IDENTITY);
    if (board->c2c < 0) return NOT_SUPPORTED;
    return *enabled = (unsigned)board->c2c, SUCCESS;
}

/* -- energy and power ------------------------------------------------------------------------ */

int nvmlDeviceGetTotalEnergyConsumption(device_t device, unsigned long long *energy) {
    BEGIN(CALL_COUNTER);
    return trace_counter(board, board->counter_scope, trace_now(), energy);
}

int nvmlDeviceGetPowerUsage(device_t device, unsigned *power) {
    BEGIN(CALL_POWER);
    if (!board->usage) return NOT_SUPPORTED;
    return trace_power(board, board->usage == 2, SCOPE_GPU, trace_now(), power);
}

static int power_field(const struct board *board, const field_t *field, int64_t now, unsigned *power) {
    int average = field->field == FIELD_AVERAGE;
    int failure = trace_fault(board, average ? CALL_AVERAGE : CALL_INSTANT, now);
    if (failure) return failure;
    if (!(average ? board->average : board->instant).present) return NOT_SUPPORTED;
    if (field->scope >= SCOPES) return INVALID_ARGUMENT;
    return trace_power(board, average, (int)field->scope, now, power);
}

static int energy_field(const struct board *board, const field_t *field, int64_t now, unsigned long long *energy) {
    int whole = field->field == FIELD_TOTAL_ENERGY;
    int failure = trace_fault(board, whole ? CALL_COUNTER : CALL_ENERGY, now);
    if (failure) return failure;
    if (field->scope >= SCOPES) return INVALID_ARGUMENT;
    return trace_counter(board, whole ? board->counter_scope : (int)field->scope, now, energy);
}

static int limit_field(const struct board *board, const field_t *field, unsigned *limit) {
    double watts = field->field == FIELD_MINIMUM_LIMIT   ? board->limit_minimum
                   : field->field == FIELD_MAXIMUM_LIMIT ? board->limit_maximum : board->limit;
    *limit = (unsigned)(watts * 1e3 + 0.5);
    return SUCCESS;
}

static int fill(const struct board *board, field_t *field, int64_t now) {
    field->type = VALUE_UNSIGNED;
    switch (field->field) {
    case FIELD_AVERAGE: case FIELD_INSTANT: return power_field(board, field, now, &field->value.u);
    case FIELD_MINIMUM_LIMIT: case FIELD_MAXIMUM_LIMIT: case FIELD_DEFAULT_LIMIT:
    case FIELD_CURRENT_LIMIT: return limit_field(board, field, &field->value.u);
    case FIELD_TOTAL_ENERGY: case FIELD_ENERGY:
        field->type = VALUE_LONG_LONG;
        return energy_field(board, field, now, &field->value.ull);
    default: return NOT_SUPPORTED;
    }
}

int nvmlDeviceGetFieldValues(device_t device, int count, field_t *values) {
    BEGIN(CALL_FIELDS);
    int64_t now = trace_now();
    if (count <= 0 || !values) return INVALID_ARGUMENT;
    for (int i = 0; i < count; i++) {
        memset(&values[i].value, 0, sizeof values[i].value);
        values[i].timestamp = now / 1000;
        values[i].latency = 0;
        values[i].result = (unsigned)fill(board, &values[i], now);
    }
    return SUCCESS;
}

#define WATTS(name, value)                          \
    int name(device_t device, unsigned *limit) {    \
        BEGIN(CALL_LIMIT);                          \
        return *limit = (unsigned)((value)*1e3 + 0.5), SUCCESS; \
    }
WATTS(nvmlDeviceGetPowerManagementLimit, board->limit)
WATTS(nvmlDeviceGetEnforcedPowerLimit, board->limit)
WATTS(nvmlDeviceGetPowerManagementDefaultLimit, board->limit_maximum)

int nvmlDeviceGetPowerManagementMode(device_t device, unsigned *mode) { BEGIN(CALL_LIMIT); return *mode = 1, SUCCESS; }

int nvmlDeviceGetPowerManagementLimitConstraints(device_t device, unsigned *low, unsigned *high) {
    BEGIN(CALL_LIMIT);
    *low = (unsigned)(board->limit_minimum * 1e3 + 0.5);
    *high = (unsigned)(board->limit_maximum * 1e3 + 0.5);
    return SUCCESS;
}
