/* Acceptance and settlement of one queue, with duplicates, crashes, lost rings and a sweep.
 *
 * What one store transaction does is one atomic step; everything else interleaves. A process that
 * crashes, CRASHES times in all, forgets what it has read. An event stays on the bus until it is
 * acknowledged, and comes again REPEATS times even then. A settlement may be cut once: its first half
 * is in one commit, its second in another, as a contribution that does not fit into one transaction.
 *
 * Orders that are accepted together share a row of the inbox, and a commit may have room for only
 * one of them. That an order's ticket is there proves that its command was carried out, or begun;
 * the row is removed with the last.
 *
 * Proven of all interleavings: no half of a command takes effect twice, and when nobody has anything
 * left to do, every command has taken effect in full. Both are assertions.
 *
 * One process accepts and two settle, or with TWO_ACCEPT two accept and one settles: all four at
 * once have too many states.
 *
 * Defined, each of these breaks it: BLIND settles without the condition on the queue's version,
 * EARLY_ACK acknowledges an event before it is stored, NO_SWEEP relies on rings alone, NO_PROOF does
 * not look at tickets, NO_BEGUN takes what was begun for carried out, FIRST_EMPTIES removes a shared
 * row with the first of its commands.
 */

#define ORDERS  2
#define REPEATS 1
#ifndef CRASHES
#define CRASHES 1
#endif
#define NONE    ORDERS
#define BOTH    ORDERS

bool on_bus[ORDERS] = true;
byte repeats[ORDERS] = REPEATS;
bool known[ORDERS];              /* the order's row */
bool inbox[ORDERS];              /* rows of the inbox */
bool shared;                     /* both commands stand in the first row */
byte halves[ORDERS];             /* of the command that took effect; money moves with them */
byte version;                    /* of the queue's row */
byte begun = NONE;               /* the queue's progress: a command whose first half is done */
byte crashes;
chan bell = [1] of { bit };

#define mail (inbox[0] || inbox[1])
#define ticket(i) (halves[i] > 0) /* a row that is stored with the first half */
#ifdef NO_BEGUN
#define was_begun(i) false
#else
#define was_begun(i) (read_begun == i)
#endif

/* Only where it differs from having done nothing, or from a lost ring. */
inline may_crash() {
    if
    :: atomic { crashes < CRASHES -> crashes++; goto restart }
    :: skip
    fi
}

inline acknowledge_one(o) {
    if
    :: repeats[o] > 0 -> repeats[o]--
    :: on_bus[o] = false
    fi
}

inline acknowledge(i) {
    atomic {
        if
        :: i == BOTH -> acknowledge_one(0); acknowledge_one(1)
        :: else -> acknowledge_one(i)
        fi
    }
}

proctype Accepter() {
    byte i;
    bool seen, stored;
restart:
    skip;
    d_step { i = 0; seen = false; stored = false }
end:
    do
    ::  if
        :: on_bus[0] -> i = 0
        :: on_bus[1] -> i = 1
        :: on_bus[0] && on_bus[1] -> i = BOTH
        fi;
#ifdef EARLY_ACK
        acknowledge(i);
        may_crash();
#endif
        if
        :: i == BOTH -> seen = known[0] || known[1]
        :: else -> seen = known[i]
        fi;
        if
        :: seen
        :: else ->
            atomic {                          /* orders under their versions, and their commands */
                if
                :: i == BOTH && !known[0] && !known[1] ->
                    known[0] = true; known[1] = true; shared = true; inbox[0] = true; stored = true
                :: i != BOTH && !known[i % ORDERS] ->
                    known[i] = true; inbox[i] = true; stored = true
                :: else                       /* a conflict: delivered again */
                fi
            }
        fi;
        may_crash();
        if
        :: atomic { stored && nfull(bell) -> bell!1 }
        :: skip                               /* the ring is lost */
        fi;
        if
        :: (seen && i != BOTH) || stored ->   /* if one of both is known, each is accepted alone */
#ifndef EARLY_ACK
            acknowledge(i)
#else
            skip
#endif
        :: else
        fi;
        d_step { i = 0; seen = false; stored = false }
    od
}

inline half(i) {
    halves[i]++;
    assert(halves[i] <= 2)
}

/* The row goes with its last command; `left`: the other one waits as well. */
inline finish(i, left) {
    half(i);
    if
#ifdef FIRST_EMPTIES
    :: shared -> inbox[0] = false
#else
    :: shared -> inbox[0] = left
#endif
    :: !shared -> inbox[i] = false
    fi
}

inline whole(i, left) {
    half(i);
    finish(i, left)
}

inline first(i) {
    half(i);
    begun = i
}

proctype Settler() {
    byte read_version, read_begun;
    bool taken[ORDERS];
restart:
    skip;
    d_step { read_version = 0; read_begun = NONE; taken[0] = false; taken[1] = false }
end:
    do
    ::  if
        :: bell?_
#ifndef NO_SWEEP
        :: mail                               /* the sweep rings */
#endif
        fi;
        atomic { read_version = version; read_begun = begun }
        d_step { taken[0] = inbox[0]; taken[1] = inbox[0] && shared };
        taken[1] = taken[1] || inbox[1];
#ifndef NO_PROOF
        d_step {
            taken[0] = taken[0] && (!ticket(0) || was_begun(0));
            taken[1] = taken[1] && (!ticket(1) || was_begun(1))
        };
#endif
        may_crash();
        if
        :: !taken[0] && !taken[1]
        :: else ->
            atomic {                          /* the queue under its version, and all it moves */
                if
#ifdef BLIND
                :: true ->
#else
                :: version == read_version ->
#endif
                    version++;
                    if
                    :: read_begun != NONE ->
                        assert(taken[read_begun]);
                        begun = NONE;
                        finish(read_begun, taken[1 - read_begun])
                    :: read_begun == NONE && taken[0] -> first(0)
                    :: read_begun == NONE && !taken[0] -> first(1)
                    :: read_begun == NONE && taken[0] -> whole(0, taken[1])
                    :: read_begun == NONE && taken[1] ->
                        if :: taken[0] -> whole(0, true) :: else fi;
                        whole(1, false)
                    fi
#ifndef BLIND
                :: else                       /* a conflict: read again */
#endif
                fi
            }
        fi;
        d_step { taken[0] = false; taken[1] = false; read_version = 0; read_begun = NONE };
        if
        :: atomic { mail && nfull(bell) -> bell!1 } /* goes on until the inbox is empty */
        :: skip
        fi
    od
}

init {
    atomic {
        run Accepter();
        run Settler();
#ifdef TWO_ACCEPT
        run Accepter()
#else
        run Settler()
#endif
    };
    timeout -> assert(halves[0] == 2 && halves[1] == 2 && !mail)    /* nobody has anything left to do */
}
