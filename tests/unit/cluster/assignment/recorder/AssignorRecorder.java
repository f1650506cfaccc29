package org.apache.kafka.connect.runtime.distributed;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.connect.runtime.TargetState;
import org.apache.kafka.connect.runtime.distributed.WorkerCoordinator.ConnectorsAndTasks;
import org.apache.kafka.connect.storage.ClusterConfigState;
import org.apache.kafka.connect.util.ConnectorTaskId;

/** Writes java_rounds.txt: what Kafka Connect's assignor decides in the life of random groups. Arguments: groups, rounds of each, seed. */
public final class AssignorRecorder {
    /** What a member runs. */
    private static final class Owned {
        final List<String> connectors = new ArrayList<>();
        final List<ConnectorTaskId> tasks = new ArrayList<>();
    }

    private final Random random;
    private final Clock clock = new Clock();
    private final TreeMap<String, Integer> configured = new TreeMap<>();
    private final Map<String, Owned> members = new LinkedHashMap<>();
    private final Map<String, Owned> away = new LinkedHashMap<>();
    private int generation = 0;
    private int lastGeneration = -1;

    private AssignorRecorder(Random random) {
        this.random = random;
    }

    public static void main(String[] arguments) {
        Random random = new Random(Long.parseLong(arguments[2]));
        System.out.println("# Rounds of org.apache.kafka.connect.runtime.distributed.IncrementalCooperativeAssignor of Kafka 4.3.1, called with random groups.");
        System.out.println("# G maximal delay: a new assignor. R now, last applied generation, generation | connector:tasks,... | member=owned connectors;owned tasks | ...");
        System.out.println("# = delay | member=assigned connectors;assigned tasks;revoked connectors;revoked tasks | ...   Members come in the order of the JoinGroup response.");
        for (int group = 0; group < Integer.parseInt(arguments[0]); ++group)
            new AssignorRecorder(random).live(Integer.parseInt(arguments[1]));
    }

    private void live(int rounds) {
        int[] delays = {0, 3000, 60000, 300000};
        int delay = delays[random.nextInt(delays.length)];
        IncrementalCooperativeAssignor assignor = new IncrementalCooperativeAssignor(new LogContext(), clock, delay);
        System.out.println("G " + delay);
        for (int i = 1 + random.nextInt(3); i > 0; --i) join();
        for (int i = 1 + random.nextInt(4); i > 0; --i) configure();
        for (int i = 0; i < rounds; ++i) {
            round(assignor);
            change(delay);
        }
    }

    private void join() {
        members.put("w" + Integer.toString(random.nextInt(60_000_000), 36), new Owned());
    }

    private void configure() {
        configured.put("c" + random.nextInt(6), random.nextInt(6));
    }

    /** What happens between two rounds; often nothing but time. */
    private void change(int delay) {
        clock.now += random.nextInt(4) == 0 ? random.nextInt(delay + 1000) : 1000;
        int dice = random.nextInt(12);
        if (dice == 0) join();
        if (dice == 1) configure();
        if (dice == 2 && !configured.isEmpty()) configured.remove(pick(configured.keySet()));
        if (dice == 3 && members.size() > 1) {
            String lost = pick(members.keySet());
            away.put(lost, members.remove(lost));
        }
        if (dice == 4 && !away.isEmpty()) {
            String back = pick(away.keySet());
            Owned owned = away.remove(back);
            members.put(back, random.nextBoolean() ? new Owned() : owned);  // a restart, or a partition of the network
        }
        List<String> order = new ArrayList<>(members.keySet());
        Collections.shuffle(order, random);
        Map<String, Owned> shuffled = new LinkedHashMap<>();
        for (String member : order) shuffled.put(member, members.get(member));
        members.clear();
        members.putAll(shuffled);
    }

    private <T> T pick(Collection<T> from) {
        return new ArrayList<>(from).get(random.nextInt(from.size()));
    }

    private void round(IncrementalCooperativeAssignor assignor) {
        ++generation;
        StringBuilder line = new StringBuilder("R " + clock.now + " " + lastGeneration + " " + generation + "|");
        List<String> works = new ArrayList<>();
        configured.forEach((connector, tasks) -> works.add(connector + ":" + tasks));
        line.append(String.join(",", works));
        // As the coordinator does it: a hash map in the order of the response, whose entries are put into another. Both of the
        // first size, since the order of a hash map depends on that.
        Map<String, ConnectorsAndTasks> states = new HashMap<>();
        members.forEach((member, owned) -> {
            line.append("|").append(member).append("=").append(join(owned.connectors)).append(";").append(join(owned.tasks));
            states.put(member, new ConnectorsAndTasks.Builder().with(owned.connectors, owned.tasks).build());
        });
        System.out.println(line);
        Map<String, ConnectorsAndTasks> copied = new HashMap<>();
        states.forEach(copied::put);
        var result = assignor.performTaskAssignment(snapshot(), lastGeneration, generation, copied);
        StringBuilder answer = new StringBuilder("= " + assignor.delay);
        members.forEach((member, owned) -> {
            answer.append("|").append(member).append("=").append(join(result.newlyAssignedConnectors(member))).append(";")
                .append(join(result.newlyAssignedTasks(member))).append(";").append(join(result.newlyRevokedConnectors(member))).append(";")
                .append(join(result.newlyRevokedTasks(member)));
            if (random.nextInt(20) == 0) return;  // it never got its assignment
            owned.connectors.removeAll(result.newlyRevokedConnectors(member));
            owned.tasks.removeAll(result.newlyRevokedTasks(member));
            owned.connectors.addAll(0, result.newlyAssignedConnectors(member));
            owned.tasks.addAll(0, result.newlyAssignedTasks(member));
        });
        System.out.println(answer);
        if (random.nextInt(15) != 0) lastGeneration = generation;
    }

    private static String join(Collection<?> items) {
        List<String> texts = new ArrayList<>();
        for (Object item : items) texts.add(item.toString());
        return String.join(",", texts);
    }

    private ClusterConfigState snapshot() {
        Map<String, Map<String, String>> connectors = new HashMap<>();
        Map<String, TargetState> targets = new HashMap<>();
        Map<ConnectorTaskId, Map<String, String>> tasks = new HashMap<>();
        configured.forEach((connector, count) -> {
            connectors.put(connector, Map.of());
            targets.put(connector, TargetState.STARTED);
            for (int i = 0; i < count; ++i) tasks.put(new ConnectorTaskId(connector, i), Map.of());
        });
        return new ClusterConfigState(1, null, new HashMap<>(configured), connectors, targets, tasks, new HashMap<>(), new HashMap<>(),
            new HashMap<>(), new HashSet<>(), new HashSet<>());
    }

    private static final class Clock implements Time {
        long now = 1_000_000;

        @Override public long milliseconds() { return now; }
        @Override public long nanoseconds() { return now * 1_000_000; }
        @Override public void sleep(long ms) { now += ms; }
        @Override public void waitObject(Object object, Supplier<Boolean> condition, long deadlineMs) { throw new UnsupportedOperationException(); }
    }
}
