/* Acceptance and settlement of one queue, with duplicates, crashes, lost rings and a sweep.
 *
 * What one store transaction does is one atomic step; everything else interleaves. A process that
 * crashes, CRASHES times in all, forgets what it has read. An event stays on the bus until it is
 * acknowledged, and comes again REPEATS times even then. A settlement may be cut once: its first half
 * is in one commit, its second in another, as a contribution that does not fit into one transaction.
 *
 * Proven of all interleavings: no half of a command takes effect twice, and when nobody has anything
 * left to do, every command has taken effect in full. Both are assertions.
 *
 * One process accepts and two settle, or with TWO_ACCEPT two accept and one settles: all four at
 * once have too many states.
 *
 * Defined, each of these breaks it: BLIND settles without the condition on the queue's version,
 * EARLY_ACK acknowledges an event before it is stored, NO_SWEEP relies on rings alone.
 */

#define ORDERS  2
#define REPEATS 1
#ifndef CRASHES
#define CRASHES 1
#endif
#define NONE    ORDERS

bool on_bus[ORDERS] = true;
byte repeats[ORDERS] = REPEATS;
bool known[ORDERS];              /* the order's row */
bool inbox[ORDERS];              /* its command waits */
byte halves[ORDERS];             /* of the command that took effect; money moves with them */
byte version;                    /* of the queue's row */
byte begun = NONE;               /* the queue's progress: a command whose first half is done */
byte crashes;
chan bell = [1] of { bit };

#define mail (inbox[0] || inbox[1])

/* Only where it differs from having done nothing, or from a lost ring. */
inline may_crash() {
    if
    :: atomic { crashes < CRASHES -> crashes++; goto restart }
    :: skip
    fi
}

inline acknowledge(i) {
    atomic {
        if
        :: repeats[i] > 0 -> repeats[i]--
        :: on_bus[i] = false
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
        fi;
#ifdef EARLY_ACK
        acknowledge(i);
        may_crash();
#endif
        seen = known[i];
        if
        :: seen
        :: else ->
            atomic {                          /* the order under its version, and its command */
                if
                :: known[i] == seen -> known[i] = true; inbox[i] = true; stored = true
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
        :: seen || stored ->
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

inline finish(i) {
    half(i);
    inbox[i] = false
}

inline whole(i) {
    half(i);
    finish(i)
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
        taken[0] = inbox[0];
        taken[1] = inbox[1];
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
                    :: read_begun != NONE -> begun = NONE; finish(read_begun)
                    :: read_begun == NONE && taken[0] -> first(0)
                    :: read_begun == NONE && !taken[0] -> first(1)
                    :: read_begun == NONE ->
                        if :: taken[0] -> whole(0) :: else fi;
                        if :: taken[1] -> whole(1) :: else fi
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
    timeout -> assert(halves[0] == 2 && halves[1] == 2)    /* nobody has anything left to do */
}
