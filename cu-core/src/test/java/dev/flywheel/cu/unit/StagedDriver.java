package dev.flywheel.cu.unit;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The database's driver, with stages to be killed at while results are stored. */
final class StagedDriver implements Driver {
    private final Driver driver;
    private final KillPoint point;

    private StagedDriver(Driver driver, KillPoint point) {
        this.driver = driver;
        this.point = point;
    }

    /** Takes the place of the drivers that there are, for all of this program. */
    static void register(KillPoint point) throws SQLException {
        List<Driver> drivers = Collections.list(DriverManager.getDrivers());
        for (Driver each : drivers) {
            DriverManager.deregisterDriver(each);
            DriverManager.registerDriver(new StagedDriver(each, point));
        }
    }

    @Override
    public @Nullable Connection connect(String url, Properties info) throws SQLException {
        Connection connection = driver.connect(url, info);
        return connection == null || !url.endsWith("results.db") ? connection : staged(connection);
    }

    private Connection staged(Connection connection) {
        AtomicBoolean inserted = new AtomicBoolean();
        return proxy(
                Connection.class,
                (self, method, arguments) -> {
                    Object result = invoke(connection, method, arguments);
                    if (method.getName().equals("commit") && inserted.getAndSet(false)) {
                        point.reach(KillStage.STORED);
                    }
                    return result instanceof PreparedStatement statement
                                    && ((String) arguments[0]).startsWith("insert ")
                            ? insert(statement, inserted)
                            : result;
                });
    }

    private PreparedStatement insert(PreparedStatement statement, AtomicBoolean inserted) {
        return proxy(
                PreparedStatement.class,
                (self, method, arguments) -> {
                    Object result = invoke(statement, method, arguments);
                    if (method.getName().equals("executeUpdate")) {
                        inserted.set(true);
                        point.reach(KillStage.STORING);
                    }
                    return result;
                });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static @Nullable Object invoke(
            Object target, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @Override
    public boolean acceptsURL(String url) throws SQLException {
        return driver.acceptsURL(url);
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) throws SQLException {
        return driver.getPropertyInfo(url, info);
    }

    @Override
    public int getMajorVersion() {
        return driver.getMajorVersion();
    }

    @Override
    public int getMinorVersion() {
        return driver.getMinorVersion();
    }

    @Override
    public boolean jdbcCompliant() {
        return driver.jdbcCompliant();
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getLogger("dev.flywheel.cu.unit");
    }
}
